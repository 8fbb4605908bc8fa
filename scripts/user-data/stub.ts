/** The location and checksum of stored user data. */
export interface Body {
  readonly region: string
  readonly bucket: string
  readonly key: string
  /** The checksum of the stored user data, in hexadecimal. */
  readonly sha256: string
}

/** The URL of an object, in the form that S3 supports in every region. */
export function objectUrl({ region, bucket, key }: Body): string {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return `https://${bucket}.s3.${region}.${domain}/${key}`
}

/**
 * The user data that fetches larger user data. cloud-init runs it early during every boot and reads its configuration
 * again afterwards (stages.py, consume_data), so the fetched user data is made a part of that configuration. It is
 * fetched with the role of the instance, over IMDSv2, and its checksum is verified. Credentials are passed to curl
 * through standard input, so that other processes cannot read them. Any error ends the script, and no services are
 * started.
 */
export function stubOf(body: Body): string {
  return `#cloud-boothook
#!/bin/sh -e
f=/etc/cloud/cloud.cfg.d/99-mesos-bakery.cfg b=/run/mesos-bakery.cfg
ok() { echo "${body.sha256}  $1" | sha256sum --check --status 2>/dev/null; }
get() { curl -gsSf --connect-timeout 5 --retry 6 --retry-delay 3 --retry-all-errors "$@"; }
of() { echo "$c" | sed -n "s/.*\\"$1\\" *: *\\"\\([^\\"]*\\)\\".*/\\1/p"; }
if ok $f; then exit; fi
m=http://169.254.169.254/latest r=meta-data/iam/security-credentials/
t=X-aws-ec2-metadata-token
t="$t: $(get -X PUT -H "$t-ttl-seconds: 300" $m/api/token)"
n=$(get -H "$t" $m/$r)
c=$(get -H "$t" $m/$r$n)
umask 077
get -K - -o $b --aws-sigv4 aws:amz:${body.region}:s3 ${objectUrl(body)} <<E
user="$(of AccessKeyId):$(of SecretAccessKey)"
header="X-Amz-Security-Token: $(of Token)"
header="X-Amz-Content-Sha256: UNSIGNED-PAYLOAD"
E
ok $b || { echo "mesos-bakery: the user-data in S3 has another sum" >&2; exit 1; }
mv $b $f
`
}
