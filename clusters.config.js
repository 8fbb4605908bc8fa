// Clusters in containers use the whole machine, so tests run one at a time.
export default {
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  workerThreads: false,
  files: ['test/clusters/**/*.test.ts'],
  concurrency: 1,
  serial: true,
  timeout: '10m',
}
