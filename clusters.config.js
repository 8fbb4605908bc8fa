// Clusters in containers take the whole machine, so one test at a time.
export default {
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  files: ['test/clusters/**/*.test.ts'],
  concurrency: 1,
  serial: true,
  timeout: '10m',
}
