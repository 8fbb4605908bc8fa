import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { parseInventory } from '../../scripts/inventory/parse.ts'
import { secretsIn, withoutSecrets } from '../../scripts/inventory/secret-text.ts'
import { differences } from '../../scripts/plan/user-data-diff.ts'
import { inFolder } from '../bench/folder.ts'
import { run } from '../harness/command.ts'

/** Texts as they occur in files and command lines. The secret is between the brackets. */
const secrets: readonly string[] = [
  '{ "encrypt": "[c8XqBNnNqWkRj0kq2rKpJw==]", "server": true }',
  'encrypt = "[cg8StVXbQJ0gPvMd9o7yrg+Yc5cVbXw9K1n3u0m8hZQ=]"',
  '[default]\naws_access_key_id = [AKIAIOSFODNN7EXAMPLE]\naws_secret_access_key = [wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY]',
  'machine registry.example.com login bot password [hunter2]',
  'db.example.com:5432:shop:app:[hunter2]',
  '{ "auths": { "registry": { "auth": "[Ym90Omh1bnRlcjI=]" } } }',
  '//registry.example.com/:_authToken=[abcdef123456]',
  '[database]\nuser = app\npassword = [hunter2]',
  'DB_PASSWORD=[hunter2]',
  'export API_TOKEN="[hunter2 and more]"',
  'export PGPASSWORD=[hunter2]',
  'secret_key: [hunter2]',
  'spring.datasource.password=[hunter2]',
  "  'api_key': '[hunter2]',",
  'curl -u admin:[hunter2] https://example.com/',
  'curl --fail --user "admin:[hunter2]" https://example.com/',
  'mysql -u root -p[hunter2] shop',
  'vault login --token [s.abcdefgh]',
  'tool --db-password=[hunter2] start',
  'echo root:[hunter2] | chpasswd',
  "echo 'root:[hunter2]' | /usr/sbin/chpasswd",
  'chpasswd <<EOF\n[root:hunter2\nadmin:hunter3]\nEOF',
  'curl -H "Authorization: Bearer [abcdefgh12345678]" https://example.com/',
  'git clone https://bot:[glpat-abcdefghijklmnopqrst]@gitlab.example.com/x.git',
  'postgres://app:[hunter2]@db/shop',
  'echo "aws_secret_access_key = [wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY]" >>/root/.aws/credentials',
  'aws configure set aws_secret_access_key [wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY]',
  '{"SecretAccessKey": "[wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY]"}',
  'gitlab-runner register --url https://gitlab.example.com/ [glrt-t1_abcdefghijklmnopqrst]',
  'curl -H "Deploy-Token: [gldt-abcdefghijklmnopqrst]" https://gitlab.example.com/',
  'gh auth login with [github_pat_11ABCDEFG0123456789_abcdefghijklmnopqrstuvwxyz]',
  'slack [xapp-1-A0123-456-abcdef0123456789]',
  'curl https://[hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX]',
  'git clone https://[0123456789abcdef0123456789abcdef01234567]:x-oauth-basic@github.com/example/x.git',
  'echo "//npm.example.com/:_authToken=[0123456789abcdef]" >>/root/.npmrc',
  'curl "https://x.blob.core.windows.net/c?sp=r&sig=[0123456789abcdefghijklmnopqrstuvwxyzABCDEF%3D]"',
  'export AWS_SECRET_ACCESS_KEY=[/JalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY]',
  'aws configure set aws_session_token [IQoJb3JpZ2luX2VjABCDEFGHIJKLMNOP]',
  'consul acl set-agent-token agent [8f246b77-f3e1-ff88-5b48-8ec93abf3e05]',
  'consul agent -encrypt [pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=]',
  'echo [hunter2] | sudo -S ls',
  'echo [hunter2] | docker login -u bot --password-stdin',
  'useradd -m -p [hunter2] ops',
  'psql "host=db user=app password=[hunter2]"',
  'mount -t cifs //server/share /mnt -o username=app,password=[hunter2]',
  'redis-cli -a [hunter2] ping',
  'ldapsearch -D cn=admin -w [hunter2]',
  'smbclient -U app%[hunter2] //server/share',
  'htpasswd -b /etc/users app [hunter2]',
  'openssl enc -pass pass:[hunter2] -in file',
  'az login --service-principal -u app -p [hunter2] --tenant t',
  'npm set _auth=[dXNlcjpwYXNz]',
  'export MYSQL_PWD=[hunter2] DB_PASS=[hunter3] ENCRYPTION_KEY=[hunter4]',
  'npm config set //npm.example.com/:_authToken [npm_0123456789abcdefghijklmnopqrstuvwxyz]',
  'maps ?key=[AIzaSyA0123456789abcdefghijklmnopqrstuv]',
  'stripe [rk_test_0123456789abcdefghijklmn]',
  'sendgrid [SG.abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG]',
  'twine [pypi-AgEIcHlwaS5vcmcCJDAwMDAwMDAwLTAwMDAtMDAw]',
  'docker [dckr_pat_abcdefghijklmnopqrstuvwxyz0]',
  'age [AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ]',
  '[LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZBVEUgS0VZLS0tLS0K]',
  '[LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo=]',
  '[LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCg==]',
  '[-----BEGIN PGP PRIVATE KEY BLOCK-----\nMIIE\n-----END PGP PRIVATE KEY BLOCK-----]',
  'redis-cli -u redis://:[hunter2]@redis:6379/0',
  "printf 'root:[hunter2]' | sudo chpasswd",
  'echo -e "root:[hunter2]" | chpasswd',
  'chpasswd <<< "root:[hunter2]"',
  'printf "[hunter2]" | passwd root',
  'docker login -u bot -p [hunter2] registry.example.com',
  'sshpass -p [hunter2] ssh ann@example.com',
  'docker run -e DB_PASSWORD=[hunter2] app',
  'Environment="DB_PASSWORD=[hunter2]"',
  'curl -H "X-Consul-Token: [8f246b77-f3e1-ff88-5b48-8ec93abf3e05]" http://127.0.0.1:8500/',
  '[-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----]',
]

/** Texts that resemble secrets but are not. */
const harmless: readonly string[] = [
  'DB_PASSWORD=$PASSWORD',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's
  'DB_PASSWORD=${PASSWORD}',
  'DB_PASSWORD=$(cat /run/secrets/db)',
  'password: "{{ vault_password }}"',
  'password_file=/etc/app/password',
  'tool --password-file /etc/app/password',
  'token: ssm:/app/token',
  'secret: arn:aws:secretsmanager:eu-central-1:123456789012:secret:app',
  'lock_passwd: no',
  'lock_passwd: true',
  'ssh_pwauth: false',
  'passwd: "*"',
  'passwd: $6$rounds=4096$salt$hash',
  'password: <password>',
  'PASSWORD_MIN_LENGTH=8',
  'token_ttl=3600',
  'password =',
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 ann@example.com',
  'sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
  'encrypt = true',
  'encrypt_verify_incoming = "c8XqBNnNqWkRj0kq2rKpJw"',
  'echo done:ok | tee /var/log/app.log',
  'http://127.0.0.1:8080/path@2x.png',
  'curl -u "$USER:$PASSWORD" https://example.com/',
  'mysql -u root -p shop',
  'TOKEN=$(curl -X PUT -H "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token)',
  'TOKEN=`cat /run/token`; curl -H "X-Consul-Token: $TOKEN" http://127.0.0.1:8500/',
  'docker run -e DB_PASSWORD -e DB_PASSWORD_FILE=/run/db -e API_TOKEN="$API_TOKEN" app',
  'export TOKEN="" SECRET=',
  'passwd: ""',
  'ssh_pwauth: no',
  'echo "root:$PASSWORD" | chpasswd',
  'printf \'%s:%s\' root "$PASSWORD" | chpasswd',
  'echo "$PASSWORD" | passwd root',
  'chpasswd --encrypted </root/hashes',
  'docker login -u bot --password-stdin registry.example.com </run/password',
  'redis-cli -u redis://redis:6379/0',
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==',
  '-----BEGIN CERTIFICATE-----',
  '-----BEGIN PGP PUBLIC KEY BLOCK-----',
  'curl https://hooks.slack.com/services/$HOOK',
  'docker build --secret id=app,src=/run/app .',
  "useradd -m -p '*' ops",
  'useradd -m -s /bin/bash ops && cp -p /a /b',
  "sed -i 's/^password=.*/password=/' /etc/app.conf",
  'mount -t cifs //server/share /mnt -o credentials=/run/share',
  'cd "$OLDPWD" && echo $PWD && PWD=/srv BYPASS=1 run',
  'psql "host=db user=app password=$PASSWORD"',
  'openssl enc -pass file:/run/key -in file',
  'vault read -field=password secret/db',
  'npm_config_cache=/var/cache/npm',
  'npm_config_update_notifier_interval_day=7',
  'echo "//npm.example.com/:_authToken=$TOKEN" >>/root/.npmrc',
  'git clone https://github.com/example/x.git',
  'curl https://x.blob.core.windows.net/public/app-1.2.3.tar.gz',
  'docker pull registry.example.com/app@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
  'pip install scikit-learn sk-dist hf_transfer',
  'aws configure set region us-east-1',
  'git checkout 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
  'compass: north',
  'bypass=1',
  'The password is in the safe.',
]

const bare = (text: string) => text.replace(/\[(?!default\]|database\])|(?<!default|database)\]/g, '')

test('secrets are found in texts of every kind, and only secrets are masked', t => {
  for (const marked of secrets) {
    const text = bare(marked)
    t.true(secretsIn(text).length > 0, text)
    const hidden = withoutSecrets(text)
    const values = [...marked.matchAll(/\[((?!default\]|database\])[^\]]*)\]/g)].map(
      ([, value = '']) => value,
    )
    for (const value of values)
      for (const word of value.split(/\s+/)) t.false(hidden.includes(word), `${hidden} shows ${word}`)
    t.is(hidden.length, text.length)
    t.is(hidden.split('\n').length, text.split('\n').length)
  }
})

test('text that only resembles a secret is not masked', t => {
  for (const text of harmless) t.deepEqual(secretsIn(text), [], text)
})

test('valid inventories contain no secrets', t => {
  const cases = readdirSync('test/cases').filter(name => name !== 'bad')
  const files = [
    'inventory.example.yaml',
    ...cases.map(name => `test/cases/${name}/inventory.yaml`),
    ...readdirSync('examples', { recursive: true })
      .map(String)
      .filter(name => name.endsWith('.yaml'))
      .map(name => `examples/${name}`),
  ]
  for (const file of files) {
    const { problems } = parseInventory(readFileSync(file, 'utf8'), file)
    t.deepEqual(
      problems.filter(({ code }) => code === 'E036'),
      [],
      file,
    )
  }
  t.true(files.length > 8)
})

const planted = (text: string) =>
  JSON.stringify({
    cluster: 'c1',
    vars: {
      mesos_zk_prot: 2182,
      user_data_extra: { write_files: [{ path: '/etc/x', content: text }], runcmd: [text] },
    },
    groups: { a: { vars: { mesos_mode: 'leader' }, count: 1 } },
  })

test('a problem never contains a secret, whatever else is wrong', t => {
  for (const marked of secrets) {
    const value = /\[((?!default\]|database\])[^\]]*)\]/.exec(marked)?.[1] ?? ''
    const { problems } = parseInventory(planted(bare(marked)), 'inventory.yaml')
    t.true(
      problems.some(({ code }) => code === 'E036'),
      marked,
    )
    t.false(JSON.stringify(problems).includes(value.split('\n')[0] ?? ''), marked)
  }
})

test('lists for chpasswd are found, unless they contain no passwords', t => {
  const found = (list: unknown) =>
    parseInventory(
      JSON.stringify({ vars: { user_data_extra: { chpasswd: { list } } }, groups: {} }),
      'inventory.yaml',
    ).problems.filter(({ code }) => code === 'E036').length
  t.is(found('root:hunter2\nann:RANDOM'), 1)
  t.is(found(['root:hunter2']), 1)
  t.is(found('root:RANDOM\nann:$6$salt$hash'), 0)
})

test('check shows no secret in text, JSON or SARIF', async t => {
  const text = `cluster: c1
vars:
  mesos_zk_prot: 2182
  user_data_extra: { runcmd: ["curl -u admin:hunter2 https://example.com/", "echo root:hunter3 | chpasswd"] }
groups:
  a: { vars: { mesos_mode: leader }, count: 1 }
`
  await inFolder(async folder => {
    const file = join(folder, 'inventory.yaml')
    writeFileSync(file, text)
    for (const format of ['text', 'json', 'sarif']) {
      const { code, stdout, stderr } = await run('check', ['--format', format, file])
      t.is(code, 1)
      t.notRegex(stdout + stderr, /hunter/, format)
    }
  })
})

test('a user data diff shows that a secret has changed, but neither value', t => {
  const text = (password: string, port: number) => `a: 1\nDB_PASSWORD=${password}\nport: ${port}\n`
  const asked = { name: 'n', text: text('hunter3', 2), bytes: 0, sha256: '' }
  const [difference] = differences([asked as never], [{ node: 'n', holder: 'i-1', text: text('hunter2', 1) }])
  const lines = difference?.hunks.flatMap(hunk => hunk.lines) ?? []
  t.deepEqual(lines, [' a: 1', '-DB_PASSWORD=•••••••', '-port: 1', '+DB_PASSWORD=•••••••', '+port: 2'])
})
