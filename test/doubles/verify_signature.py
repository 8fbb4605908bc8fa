"""Checks whether a request to S3 (JSON on standard input) is signed as the library of AWS would sign it."""

import json
import sys

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

asked = json.load(sys.stdin)
authorization = asked["headers"]["authorization"]
fields = dict(part.strip().split("=", 1) for part in authorization.split(" ", 1)[1].split(","))
names = fields["SignedHeaders"].split(";")
request = AWSRequest(asked["method"], f"https://{asked['headers']['host']}{asked['path']}")
for name in names:
    request.headers[name] = asked["headers"][name]
request.context["timestamp"] = asked["headers"]["x-amz-date"]
signer = S3SigV4Auth(Credentials(asked["key"], asked["secret"], asked["token"]), "s3", asked["region"])
# Any of these headers in a request must be signed, otherwise S3 rejects the request.
needed = {"host", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
string = signer.string_to_sign(request, signer.canonical_request(request))
right = signer.signature(string, request) == fields["Signature"]
print("right" if right and needed <= set(names) else f"wrong: {fields} {sorted(needed - set(names))}")
