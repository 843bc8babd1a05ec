#!/bin/sh
# Terraform as `npx cdktf` finds it, before the one on the PATH.
#
# cdktf 0.21 ends at once on Ctrl-C. It passes the Ctrl-C on to Terraform, but does not wait for it, and with cdktf ends the
# terminal that it had made for Terraform: Terraform is hung up on, dies in the middle of what it does, and leaves a locked state,
# a pending release, or resources that no state knows. With the hang-up ignored, it does on Ctrl-C what it always does: it
# finishes what it has begun, writes the state, and gives back the lock.
trap '' HUP

# Meanwhile the next deploy waits for the lock: longer than Helm waits for a release (300 s).
TF_CLI_ARGS_apply=${TF_CLI_ARGS_apply--lock-timeout=6m}
TF_CLI_ARGS_destroy=${TF_CLI_ARGS_destroy--lock-timeout=6m}
export TF_CLI_ARGS_apply TF_CLI_ARGS_destroy

# The next program of this name: behind this one where this one is on the PATH.
name=${0##*/}
IFS=:
set -f
found=
for folder in $PATH; do
  program=$folder/$name
  if [ "$program" -ef "$0" ]; then
    found=
  elif [ -z "$found" ] && [ -f "$program" ] && [ -x "$program" ]; then
    found=$program
  fi
done
if [ -z "$found" ]; then
  echo "$name is not on the PATH: install Terraform 1.11 or newer, or name OpenTofu 1.10 or newer in TERRAFORM_BINARY_NAME" >&2
  exit 127
fi
exec "$found" "$@"
