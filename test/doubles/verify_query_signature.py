"""Checks whether a request to an API with the query protocol (JSON on standard input) is signed as the library of AWS
would sign it."""

import json
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

asked = json.load(sys.stdin)
fields = dict(part.strip().split("=", 1) for part in asked["headers"]["authorization"].split(" ", 1)[1].split(","))
names = fields["SignedHeaders"].split(";")
request = AWSRequest("POST", f"http://{asked['headers']['host']}/", data=asked["body"])
for name in names:
    request.headers[name] = asked["headers"][name]
request.context["timestamp"] = asked["headers"]["x-amz-date"]
service = fields["Credential"].split("/")[3]
signer = SigV4Auth(Credentials(asked["key"], asked["secret"], asked["token"]), service, "us-east-1")
string = signer.string_to_sign(request, signer.canonical_request(request))
right = signer.signature(string, request) == fields["Signature"]
needed = {"host", "x-amz-date", "x-amz-security-token"}
print("right" if right and needed <= set(names) else f"wrong: {fields} {sorted(needed - set(names))}")
