import type { Finding } from '../../inventory/rules/rule.ts'
import type { Draft } from '../draft.ts'
import type { Site } from '../origin.ts'
import { partOf } from './agents.ts'

/**
 * What is wrong with the GPUs of an agent that isolates them (…/isolators/gpu/allocator.cpp,
 * `enumerateGpuResources`): without any word about them it offers all, else it must be told how many and which.
 */
export function gpuTroubles(draft: Draft, site: Site): readonly Finding[] {
  const { mesos_isolation, mesos_resources, mesos_follower_options: options } = site.values
  const [resource, amount] = Object.entries(mesos_resources).find(([key]) => /^gpus(\(|$)/.test(key)) ?? []
  const devices = options.nvidia_gpu_devices
  const isolated = mesos_isolation.includes('gpu/nvidia')
  // What is offered without isolation may be used by Docker.
  if (!isolated && devices === undefined) return []
  const atDevices = {
    path: partOf(draft, site, 'mesos_follower_options', 'nvidia_gpu_devices'),
    on: [site.path],
  }
  if (!isolated) {
    const help = 'add gpu/nvidia to mesos_isolation, or remove it'
    return [{ ...atDevices, at: 'key', message: 'requires the isolator gpu/nvidia', help }]
  }
  if (resource === undefined) {
    const help = 'set gpus in mesos_resources to the number of devices'
    return devices === undefined ? [] : [{ ...atDevices, message: 'requires the resource gpus', help }]
  }
  if (devices === undefined) {
    const path = partOf(draft, site, 'mesos_resources', resource)
    const help = 'list the devices in mesos_follower_options'
    return Number(amount) === 0
      ? []
      : [{ path, on: [site.path], message: 'gpus requires the flag nvidia_gpu_devices', help }]
  }
  const count = Array.isArray(devices) ? new Set(devices).size : 0
  if (count === Number(amount)) return []
  return [
    { ...atDevices, message: `must list as many different devices as gpus in mesos_resources (${amount})` },
  ]
}
