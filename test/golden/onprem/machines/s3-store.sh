
validate_1() {
nft -c -f "$candidate" || return
case ${BASTIDE_APPLIED_FROM:-127.0.0.1} in 127.* | ::1) return ;; esac
awk -v address="$BASTIDE_APPLIED_FROM" -v networks="10.10.0.0/22" '
	function number(text, part) {
		return split(text, part, ".") == 4 ? ((part[1] * 256 + part[2]) * 256 + part[3]) * 256 + part[4] : -1
	}
	function first(text, size) { return number(text) < 0 ? -1 : int(number(text) / size) }
	BEGIN {
		for (last = split(networks, network, " "); last > 0; last--) {
			split(network[last], block, "/")
			if (first(address, 2 ^ (32 - block[2])) == first(block[1], 2 ^ (32 - block[2]))) exit 0
		}
		exit 1
	}' && return
echo "it shuts out $BASTIDE_APPLIED_FROM, from where this application comes: add its network to base.signInFrom"
return 1
}

validate_2() {
if mountpoint -q /srv/s3; then
	[ "$(mountpoint -d /srv/s3)" = "$(mountpoint -x /dev/disk/by-id/scsi-s3-1-data)" ] && return
	echo "another disk is mounted at /srv/s3, and what is on it would be out of sight: copy it to /dev/disk/by-id/scsi-s3-1-data, mount that at /srv/s3, and apply again"
	return 1
fi
[ -z "$(ls -A /srv/s3 2>/dev/null)" ] && return
echo "there is data in /srv/s3 already, on the system's disk, and it would be out of sight: copy it to /dev/disk/by-id/scsi-s3-1-data, mount that at /srv/s3, and apply again"
return 1
}

unless_3() {
[ "$(blkid -p -s TYPE -o value /dev/disk/by-id/scsi-s3-1-data)" = xfs ]
}

run_4() {
test -b /dev/disk/by-id/scsi-s3-1-data
found=$(wipefs --noheadings /dev/disk/by-id/scsi-s3-1-data)
[ -z "$found" ]
mkfs.xfs -q /dev/disk/by-id/scsi-s3-1-data
}

unless_5() {
id -u minio
}

run_6() {
useradd --system --user-group --no-create-home --shell /usr/sbin/nologin minio
}

unless_7() {
false
}

run_8() {
echo 'the digest of /opt/bastide/minio is a placeholder: check the file, and write down what sha256sum prints'
false
}

unless_9() {
false
}

run_10() {
echo 'the digest of /opt/bastide/mc is a placeholder: check the file, and write down what sha256sum prints'
false
}

unless_11() {
[ -z "$(for file in store-root/user store-cluster-backups/access-key store-harbor-images/access-key store-harbor-backups/access-key; do printf '%s\n' "$(head -n 1 "$secrets/$file")"; done | sort | uniq -d)" ]
}

run_12() {
shared=$(for file in store-root/user store-cluster-backups/access-key store-harbor-images/access-key store-harbor-backups/access-key; do printf '%s\n' "$(head -n 1 "$secrets/$file")"; done | sort | uniq -d | head -n 1)
echo "$(cd "$secrets" && grep -lFx -e "$shared" store-root/user store-cluster-backups/access-key store-harbor-images/access-key store-harbor-backups/access-key | tr '\n' ' ')have one access key: give each a key of its own"
false
}

unless_13() {
[ -z "$(find "$state" -maxdepth 1 -name 'bastide-*.key' ! -name bastide-cluster-backups.key ! -name bastide-harbor-images.key ! -name bastide-harbor-backups.key)" ]
}

run_14() {
find "$state" -maxdepth 1 -name 'bastide-*.key' ! -name bastide-cluster-backups.key ! -name bastide-harbor-images.key ! -name bastide-harbor-backups.key | while read -r names; do
	policy=$(basename "$names" .key)
	while IFS= read -r id; do
		users=$(/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin user list --json store)
		name=$(printf '%s' "$id" | sed 's/&/\\u0026/g; s/</\\u003c/g; s/>/\\u003e/g')
		case $users in *'"accessKey":"'"$name"'"'*) /usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin user remove store "$id" ;; esac
	done <"$names"
	/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin policy remove store "$policy"
	rm -f "$state/$policy" "$names"
done
}

unless_15() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 stat store/cluster-backups
}

run_16() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 mb --with-lock store/cluster-backups
}

unless_17() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 version info --json store/cluster-backups | grep -q '"status":"Enabled"'
}

run_18() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 version enable store/cluster-backups
}

unless_19() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 retention info --default --json store/cluster-backups | grep -q '"mode":"GOVERNANCE","validity":"14DAYS"'
}

run_20() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 retention set --default GOVERNANCE 14d store/cluster-backups
}

unless_21() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 ilm export store/cluster-backups | grep -q '"ID":"bastide-keep-all-versions-30d"'
}

run_22() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 ilm import store/cluster-backups </etc/bastide/s3/cluster-backups.lifecycle.json
}

unless_23() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 ls of-cluster-backups/cluster-backups &&
	[ "$(cat "$state/bastide-cluster-backups.key")" = "$(head -n 1 "$secrets/store-cluster-backups/access-key")" ] && cmp -s /etc/bastide/s3/cluster-backups.policy.json "$state/bastide-cluster-backups"
}

run_24() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin policy create store bastide-cluster-backups /etc/bastide/s3/cluster-backups.policy.json
wanted="$(head -n 1 "$secrets/store-cluster-backups/access-key")"
printf '%s\n' "$wanted" >>"$state/bastide-cluster-backups.key"
printf '%s\n%s\n' "$wanted" "$(head -n 1 "$secrets/store-cluster-backups/secret-key")" | /usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin user add store
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin policy attach store bastide-cluster-backups --user "$wanted"
while IFS= read -r id; do
	[ "$id" != "$wanted" ] || continue
	users=$(/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin user list --json store)
	name=$(printf '%s' "$id" | sed 's/&/\\u0026/g; s/</\\u003c/g; s/>/\\u003e/g')
	case $users in *'"accessKey":"'"$name"'"'*) /usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin user remove store "$id" ;; esac
done <"$state/bastide-cluster-backups.key"
printf '%s\n' "$wanted" >"$state/bastide-cluster-backups.key"
cp /etc/bastide/s3/cluster-backups.policy.json "$state/bastide-cluster-backups"
}

unless_25() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 stat store/harbor-images
}

run_26() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 mb store/harbor-images
}

unless_27() {
case $(/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 version info --json store/harbor-images) in
*'"status":"Enabled"'*) false ;;
*'"status":"success"'* | *'"Code":"NoSuch'*) ;;
*) false ;;
esac
}

run_28() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 version suspend store/harbor-images
}

unless_29() {
case $(/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 ilm export --json store/harbor-images) in
*'"ID":"bastide-'*) false ;;
*'"status":"success"'* | *'"Code":"NoSuch'*) ;;
*) false ;;
esac
}

run_30() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 ilm rule remove --all --force store/harbor-images
}

unless_31() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 ls of-harbor-images/harbor-images &&
	[ "$(cat "$state/bastide-harbor-images.key")" = "$(head -n 1 "$secrets/store-harbor-images/access-key")" ] && cmp -s /etc/bastide/s3/harbor-images.policy.json "$state/bastide-harbor-images"
}

run_32() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin policy create store bastide-harbor-images /etc/bastide/s3/harbor-images.policy.json
wanted="$(head -n 1 "$secrets/store-harbor-images/access-key")"
printf '%s\n' "$wanted" >>"$state/bastide-harbor-images.key"
printf '%s\n%s\n' "$wanted" "$(head -n 1 "$secrets/store-harbor-images/secret-key")" | /usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin user add store
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin policy attach store bastide-harbor-images --user "$wanted"
while IFS= read -r id; do
	[ "$id" != "$wanted" ] || continue
	users=$(/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin user list --json store)
	name=$(printf '%s' "$id" | sed 's/&/\\u0026/g; s/</\\u003c/g; s/>/\\u003e/g')
	case $users in *'"accessKey":"'"$name"'"'*) /usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin user remove store "$id" ;; esac
done <"$state/bastide-harbor-images.key"
printf '%s\n' "$wanted" >"$state/bastide-harbor-images.key"
cp /etc/bastide/s3/harbor-images.policy.json "$state/bastide-harbor-images"
}

unless_33() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 stat store/harbor-backups
}

run_34() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 mb --with-lock store/harbor-backups
}

unless_35() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 version info --json store/harbor-backups | grep -q '"status":"Enabled"'
}

run_36() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 version enable store/harbor-backups
}

unless_37() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 retention info --default --json store/harbor-backups | grep -q '"mode":"GOVERNANCE","validity":"14DAYS"'
}

run_38() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 retention set --default GOVERNANCE 14d store/harbor-backups
}

unless_39() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 ilm export store/harbor-backups | grep -q '"ID":"bastide-keep-60d-versions-30d"'
}

run_40() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 ilm import store/harbor-backups </etc/bastide/s3/harbor-backups.lifecycle.json
}

unless_41() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 ls of-harbor-backups/harbor-backups &&
	[ "$(cat "$state/bastide-harbor-backups.key")" = "$(head -n 1 "$secrets/store-harbor-backups/access-key")" ] && cmp -s /etc/bastide/s3/harbor-backups.policy.json "$state/bastide-harbor-backups"
}

run_42() {
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin policy create store bastide-harbor-backups /etc/bastide/s3/harbor-backups.policy.json
wanted="$(head -n 1 "$secrets/store-harbor-backups/access-key")"
printf '%s\n' "$wanted" >>"$state/bastide-harbor-backups.key"
printf '%s\n%s\n' "$wanted" "$(head -n 1 "$secrets/store-harbor-backups/secret-key")" | /usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin user add store
/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin policy attach store bastide-harbor-backups --user "$wanted"
while IFS= read -r id; do
	[ "$id" != "$wanted" ] || continue
	users=$(/usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin user list --json store)
	name=$(printf '%s' "$id" | sed 's/&/\\u0026/g; s/</\\u003c/g; s/>/\\u003e/g')
	case $users in *'"accessKey":"'"$name"'"'*) /usr/local/bin/mc --config-dir /etc/bastide/mc --resolve s3-1.corp.acme.example:9000=127.0.0.1 admin user remove store "$id" ;; esac
done <"$state/bastide-harbor-backups.key"
printf '%s\n' "$wanted" >"$state/bastide-harbor-backups.key"
cp /etc/bastide/s3/harbor-backups.policy.json "$state/bastide-harbor-backups"
}

check_43() {
mountpoint -q /srv/s3
}

check_44() {
curl --silent --fail --max-time 5 --output /dev/null --resolve s3-1.corp.acme.example:9000:127.0.0.1 https://s3-1.corp.acme.example:9000/minio/health/live
}

begin
[ "$action" = uninstall ] && uninstall_all
secret store-root/user /etc/default/minio inside
secret store-root/password /etc/default/minio inside
secret s3-tls/tls.crt /etc/minio/public.crt
secret s3-tls/tls.key /etc/minio/private.key
secret store-root/user /etc/bastide/mc/config.json inside
secret store-root/password /etc/bastide/mc/config.json inside
secret store-cluster-backups/access-key /etc/bastide/mc/config.json inside
secret store-cluster-backups/secret-key /etc/bastide/mc/config.json inside
secret store-harbor-images/access-key /etc/bastide/mc/config.json inside
secret store-harbor-images/secret-key /etc/bastide/mc/config.json inside
secret store-harbor-backups/access-key /etc/bastide/mc/config.json inside
secret store-harbor-backups/secret-key /etc/bastide/mc/config.json inside
secrets_done
packages curl nftables xfsprogs
file /etc/nftables.conf 0755 root:root cat validate_1 <<'END'
#!/usr/sbin/nft -f
# Written by Bastide; a change made here is undone by the next application.
table inet bastide
delete table inet bastide
table inet bastide {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established,related accept
		ct state invalid drop
		iifname "lo" accept
		meta l4proto { icmp, icmpv6 } accept
		ip saddr { 10.10.0.0/22 } tcp dport 22 accept comment "SSH"
		ip saddr { 10.10.0.0/22 } tcp dport 9100 accept comment "metrics of the machine"
		ip saddr { 10.10.0.0/22 } tcp dport 9000 accept comment "S3"
	}
	chain forward {
		type filter hook forward priority filter - 1; policy accept;
		ct state established,related accept
		iifname { "docker*", "br-*" } accept
		oifname { "docker*", "br-*" } drop
	}
}
END
file /etc/systemd/system/nftables.service.d/bastide.conf 0644 root:root cat true <<'END'
[Service]
ExecStop=
ExecStop=/usr/sbin/nft delete table inet bastide
END
file /etc/systemd/system/srv-s3.mount 0644 root:root cat validate_2 <<'END'
# Written by Bastide; a change made here is undone by the next application.
[Unit]
Description=Data of s3-1

[Mount]
What=/dev/disk/by-id/scsi-s3-1-data
Where=/srv/s3
Type=xfs
Options=noatime

[Install]
WantedBy=multi-user.target
END
file /etc/default/minio 0600 root:root filled true <<'END'
MINIO_ROOT_USER=@{store-root/user}
MINIO_ROOT_PASSWORD=@{store-root/password}
MINIO_VOLUMES=/srv/s3/data
MINIO_OPTS=--address=:9000 --certs-dir=/etc/minio/certs
MINIO_SITE_REGION=us-east-1
MINIO_BROWSER=off
MINIO_PROMETHEUS_AUTH_TYPE=public
END
file /etc/minio/public.crt 0644 root:root filled true <<'END'
@{s3-tls/tls.crt}
END
file /etc/minio/private.key 0600 root:root filled true <<'END'
@{s3-tls/tls.key}
END
file /etc/systemd/system/minio.service 0644 root:root cat true <<'END'
# Written by Bastide; a change made here is undone by the next application.
# /usr/local/bin/minio is placeholder
[Unit]
Description=S3 store
Wants=network-online.target
After=network-online.target
RequiresMountsFor=/srv/s3

[Service]
Type=notify
User=minio
Group=minio
EnvironmentFile=/etc/default/minio
ExecStartPre=+/usr/bin/install -d -o minio -g minio -m 0750 /srv/s3 /srv/s3/data /etc/minio/certs
ExecStartPre=+/usr/bin/install -o minio -g minio -m 0644 /etc/minio/public.crt /etc/minio/certs/public.crt
ExecStartPre=+/usr/bin/install -o minio -g minio -m 0600 /etc/minio/private.key /etc/minio/certs/private.key
ExecStart=/usr/local/bin/minio server $MINIO_OPTS $MINIO_VOLUMES
Restart=always
RestartSec=2
LimitNOFILE=65536
TasksMax=infinity
TimeoutStartSec=60
TimeoutStopSec=60
NoNewPrivileges=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=full

[Install]
WantedBy=multi-user.target
END
file /etc/bastide/mc/config.json 0600 root:root filled true <<'END'
{
  "version": "10",
  "aliases": {
    "store": {
      "url": "https://s3-1.corp.acme.example:9000",
      "accessKey": "@{store-root/user}",
      "secretKey": "@{store-root/password}",
      "api": "S3v4",
      "path": "on"
    },
    "of-cluster-backups": {
      "url": "https://s3-1.corp.acme.example:9000",
      "accessKey": "@{store-cluster-backups/access-key}",
      "secretKey": "@{store-cluster-backups/secret-key}",
      "api": "S3v4",
      "path": "on"
    },
    "of-harbor-images": {
      "url": "https://s3-1.corp.acme.example:9000",
      "accessKey": "@{store-harbor-images/access-key}",
      "secretKey": "@{store-harbor-images/secret-key}",
      "api": "S3v4",
      "path": "on"
    },
    "of-harbor-backups": {
      "url": "https://s3-1.corp.acme.example:9000",
      "accessKey": "@{store-harbor-backups/access-key}",
      "secretKey": "@{store-harbor-backups/secret-key}",
      "api": "S3v4",
      "path": "on"
    }
  }
}
END
file /etc/bastide/s3/cluster-backups.policy.json 0644 root:root cat true <<'END'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetBucketLocation",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketVersioning",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions"
      ],
      "Resource": [
        "arn:aws:s3:::cluster-backups"
      ]
    },
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:GetObjectRetention",
        "s3:PutObject",
        "s3:PutObjectRetention",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts"
      ],
      "Resource": [
        "arn:aws:s3:::cluster-backups/*"
      ]
    }
  ]
}
END
file /etc/bastide/s3/cluster-backups.lifecycle.json 0644 root:root cat true <<'END'
{"Rules":[{"ID":"bastide-keep-all-versions-30d","Status":"Enabled","Expiration":{"ExpiredObjectDeleteMarker":true},"NoncurrentVersionExpiration":{"NoncurrentDays":30}}]}
END
file /etc/bastide/s3/harbor-images.policy.json 0644 root:root cat true <<'END'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetBucketLocation",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketVersioning",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions"
      ],
      "Resource": [
        "arn:aws:s3:::harbor-images"
      ]
    },
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:GetObjectRetention",
        "s3:PutObject",
        "s3:PutObjectRetention",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts"
      ],
      "Resource": [
        "arn:aws:s3:::harbor-images/*"
      ]
    }
  ]
}
END
file /etc/bastide/s3/harbor-backups.policy.json 0644 root:root cat true <<'END'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetBucketLocation",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketVersioning",
        "s3:ListBucket",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions"
      ],
      "Resource": [
        "arn:aws:s3:::harbor-backups"
      ]
    },
    {
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:GetObjectRetention",
        "s3:PutObject",
        "s3:PutObjectRetention",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts"
      ],
      "Resource": [
        "arn:aws:s3:::harbor-backups/*"
      ]
    }
  ]
}
END
file /etc/bastide/s3/harbor-backups.lifecycle.json 0644 root:root cat true <<'END'
{"Rules":[{"ID":"bastide-keep-60d-versions-30d","Status":"Enabled","Expiration":{"Days":60},"NoncurrentVersionExpiration":{"NoncurrentDays":30}}]}
END
uninstall minio.service 'systemctl disable --now minio.service'
uninstall srv-s3.mount 'if systemctl is-enabled --quiet minio.service; then echo "minio.service keeps its data on the disk at /srv/s3, and would begin with nothing: name the disk in the environment again" && false; else systemctl disable --now srv-s3.mount; fi'
files_done
command_ 'make a file system on /dev/disk/by-id/scsi-s3-1-data, which must be empty' unless_3 run_4
command_ 'make the user of the store' unless_5 run_6
command_ 'install /usr/local/bin/minio' unless_7 run_8
command_ 'install /usr/local/bin/mc' unless_9 run_10
command_ 'let each bucket have an access key of its own' unless_11 run_12
unit nftables.service reload true /etc/nftables.conf
unit srv-s3.mount restart true
unit minio.service restart true /etc/default/minio /etc/minio/public.crt /etc/minio/private.key /etc/systemd/system/minio.service
command_ 'close the store to the keys of buckets that are described no more' unless_13 run_14
command_ 'make the bucket cluster-backups' unless_15 run_16
command_ 'keep earlier versions in cluster-backups' unless_17 run_18
command_ 'lock what comes into cluster-backups for 14d' unless_19 run_20
command_ 'remove from cluster-backups what is kept no longer' unless_21 run_22
command_ 'give cluster-backups its key' unless_23 run_24
command_ 'make the bucket harbor-images' unless_25 run_26
command_ 'keep no earlier versions in harbor-images' unless_27 run_28
command_ 'remove nothing from harbor-images any more' unless_29 run_30
command_ 'give harbor-images its key' unless_31 run_32
command_ 'make the bucket harbor-backups' unless_33 run_34
command_ 'keep earlier versions in harbor-backups' unless_35 run_36
command_ 'lock what comes into harbor-backups for 14d' unless_37 run_38
command_ 'remove from harbor-backups what is kept no longer' unless_39 run_40
command_ 'give harbor-backups its key' unless_41 run_42
health '/srv/s3 is mounted' check_43
health 'the store answers over TLS, with a certificate that machines trust' check_44
finish
