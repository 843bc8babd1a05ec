"""Fetches secrets from Secrets Manager to files that root alone may read; writes nothing that is there already.

usage: REGION PREFIX FOLDER SECRET/ENTRY...

Python's own library is enough and is on every image with cloud-init, where the AWS CLI may not be. Values go from the answer
to the file: not through arguments, the environment or a log.
"""
import datetime, hashlib, hmac, json, os, sys, urllib.error, urllib.request

region, prefix, folder, *wanted = sys.argv[1:]
metadata = os.environ.get("BASTIDE_METADATA", "http://169.254.169.254")
endpoint = os.environ.get("AWS_ENDPOINT_URL", "https://secretsmanager.%s.amazonaws.com" % region)


def ask(url, method="GET", headers={}, body=None):
    request = urllib.request.Request(url, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def credentials():
    session = {"X-aws-ec2-metadata-token-ttl-seconds": "300"}
    token = {"X-aws-ec2-metadata-token": ask(metadata + "/latest/api/token", "PUT", session)}
    path = metadata + "/latest/meta-data/iam/security-credentials/"
    return json.loads(ask(path + ask(path, headers=token).split()[0], headers=token))


def signed(body, mine):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": endpoint.split("://")[1],
        "x-amz-date": now,
        "x-amz-security-token": mine["Token"],
        "x-amz-target": "secretsmanager.GetSecretValue",
    }
    names = ";".join(headers)
    lines = ["%s:%s" % entry for entry in headers.items()]
    digest = lambda data: hashlib.sha256(data).hexdigest()
    canonical = "\n".join(["POST", "/", "", *lines, "", names, digest(body)])
    scope = "%s/%s/secretsmanager/aws4_request" % (now[:8], region)
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, digest(canonical.encode())])
    key = ("AWS4" + mine["SecretAccessKey"]).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    parts = (mine["AccessKeyId"], scope, names, signature)
    headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % parts
    return headers


def write(path, value):
    if os.path.exists(path) and open(path).read() == value:
        return
    os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    new = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(new, "w") as file:
        file.write(value)
    os.replace(path + ".new", path)


try:
    mine = credentials()
except (OSError, ValueError, IndexError, KeyError):
    sys.exit("the machine has no role in AWS to fetch secrets with")
failed = False
for secret in sorted({entry.split("/")[0] for entry in wanted}):
    name = "%s/%s" % (prefix, secret)
    body = json.dumps({"SecretId": name}).encode()
    try:
        fields = json.loads(json.loads(ask(endpoint, "POST", signed(body, mine), body))["SecretString"])
    except urllib.error.HTTPError as error:
        kind = json.loads(error.read() or "{}").get("__type", str(error.code)).split("#")[-1]
        print("%s cannot be fetched from Secrets Manager: %s" % (name, kind), file=sys.stderr)
        failed = True
        continue
    except (OSError, ValueError, KeyError):
        print("%s cannot be fetched from Secrets Manager: no answer with fields" % name, file=sys.stderr)
        failed = True
        continue
    for entry in wanted:
        key = entry.split("/")[1]
        if entry.split("/")[0] == secret and isinstance(fields, dict) and fields.get(key):
            write("%s/%s/%s" % (folder, secret, key), fields[key])
sys.exit(3 if failed else 0)
