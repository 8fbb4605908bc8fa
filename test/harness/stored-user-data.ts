import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Body, objectUrl } from '../../scripts/user-data/stub.ts'
import { newCertificate } from './download-server.ts'

const double = fileURLToPath(new URL('../doubles/metadata_and_s3.py', import.meta.url))

/** Starts the double before cloud-init, with an address and a host name that only this machine maps to it. */
const unit = (host: string) => `[Unit]
DefaultDependencies=no
[Service]
ExecStartPre=/bin/sh -c 'ip link set lo up; ip address add 169.254.169.254/32 dev lo'
ExecStartPre=/bin/sh -c 'echo 127.0.0.1 ${host} >>/etc/hosts'
ExecStartPre=/bin/sh -c 'cat /etc/double/cert.pem >>/etc/ssl/certs/ca-certificates.crt'
ExecStart=/usr/bin/python3 /etc/double/double.py
ExecStartPost=/bin/sh -c 'until curl --silent --output /dev/null http://169.254.169.254/; do sleep 0.1; done'
`

/** Represents the target in the image that the user data enables. */
const target = "[Unit]\nDescription=A double of the image's target\n[Install]\nWantedBy=multi-user.target\n"

/** The files with which a machine appears to be on EC2 with a bucket that contains `text`. Requires NET_ADMIN. */
export function filesOfDouble(body: Body, text: string): readonly { path: string; content: string }[] {
  const { hostname } = new URL(objectUrl(body))
  const { cert, key } = certificateFor(hostname)
  return [
    { path: '/etc/systemd/system/mesos-leader.target', content: target },
    { path: '/etc/double/double.py', content: readFileSync(double, 'utf8') },
    { path: '/etc/double/cert.pem', content: cert },
    { path: '/etc/double/key.pem', content: key },
    { path: '/etc/double/body', content: text },
    { path: '/etc/systemd/system/double.service', content: unit(hostname) },
    {
      path: '/etc/systemd/system/cloud-init.service.d/double.conf',
      content: '[Unit]\nWants=double.service\nAfter=double.service\n',
    },
  ]
}

function certificateFor(host: string): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mesos-bakery-cert-'))
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const names = ['-subj', '/CN=a double of S3', '-addext', `subjectAltName=DNS:${host}`]
  const files = ['-out', cert, '-keyout', key]
  execFileSync('openssl', [...newCertificate, ...names, ...files], { stdio: 'ignore' })
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}

/** The requests to the double, in order. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly status: number
}

export function readAsked(lines: string): readonly Asked[] {
  return lines
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Asked)
}
