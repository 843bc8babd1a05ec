/**
 * The half of every role's program that is the same for all: what it means to bring a file, a unit or a package to its wanted
 * state, and to look without touching. POSIX shell with what Debian always has (coreutils, util-linux, dpkg, systemd), because
 * a machine on its first minute has nothing else.
 *
 * What makes it safe to interrupt: a file takes its place by a rename, and is recorded before; a unit's mark, the digest of the
 * files it watches, is written after it has taken them. So whatever was not finished is seen, and done, by the next application.
 */
export const PROGRAM = `set -u
umask 077

action=\${1:-}
case $action in
apply | plan | drift | uninstall) ;;
*)
	echo "usage: sh $0 apply|plan|drift|uninstall" >&2
	exit 2
	;;
esac

# Everything below another folder, for making images and for tests.
root=\${BASTIDE_ROOT:-}
state=$root/var/lib/bastide
secrets=$root/etc/bastide/secrets
changes=0
by_hand=0
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

lacks() {
	echo "$machine: $1" >&2
	exit 3
}

fails() {
	echo "$machine: $1; what is not done yet is done by the next application" >&2
	exit 1
}

# What was not written whole would be taken for all that there is: the rest would be ended, or removed.
no_room() { # folder
	fails "$1 cannot be written, it may be full"
}

# Says what differs, and in whose doing: a change of the description, or one made by hand.
differs() { # what, how
	changes=$((changes + 1))
	case $2 in *"by hand"*) by_hand=$((by_hand + 1)) ;; esac
	[ "$action" = drift ] && case $2 in *"by hand"*) ;; *) return 0 ;; esac
	echo "$machine: $1: $2"
}

looking() { [ "$action" = plan ] || [ "$action" = drift ]; }

begin() {
	if [ -z "$root" ]; then
		[ "$(id -u)" -eq 0 ] || lacks "this program needs root: call it with sudo"
		for program in apt-get systemctl flock; do
			command -v "$program" >/dev/null || lacks "there is no $program: Bastide's roles are for Debian and Ubuntu with systemd"
		done
	fi
	work=$(mktemp -d) || lacks "no temporary folder can be made"
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	: >"$work/paths"
	: >"$work/pending"
	: >"$work/uninstall"
	looking && return
	mkdir -p "$state/units"
	# Not emptied: an application that has nothing to do writes nothing.
	exec 9>>"$state/lock"
	flock -w 600 9 || fails "another application has been at work for ten minutes"
	for book in record uninstall; do [ -e "$state/$book" ] || : >"$state/$book"; done
}

unusable=0
secret() { # secret/key, path of the file that needs it, inside where its value stands among other text of a line
	if [ ! -s "$secrets/$1" ]; then
		echo "$machine: the secret $1 is missing, for $2: place it in /etc/bastide/secrets/$1, owned by root, mode 0600" >&2
	elif [ "\${3:-}" = inside ] && ! verbatim "$secrets/$1"; then
		echo "$machine: the secret $1 would not be the same in $2: its value must be one line without blanks, quotes, backslashes and dollar signs; make a new one of letters and digits" >&2
	else
		return
	fi
	unusable=$((unusable + 1))
}

# Whether a value means itself in every format that it is put into: YAML, JSON, variables, and what Harbor makes of those without quoting.
verbatim() { # file
	awk 'NR > 1 || /[[:space:][:cntrl:]"\\047\\140\\\\$]/ { other = 1 } END { exit other }' "$1"
}

secrets_done() {
	[ "$unusable" -eq 0 ] || exit 3
}

packages() { # names
	installed=$(dpkg-query -W -f '\${db:Status-Status} \${Package}\\n' "$@" 2>/dev/null | sed -n 's/^installed //p')
	wanted=
	for package in "$@"; do
		echo "$installed" | grep -qx "$package" && continue
		wanted="$wanted $package"
		differs "package $package" "to be installed"
	done
	if looking || [ -z "$wanted" ]; then return; fi
	install_packages >"$work/log" 2>&1 || {
		tail -n 20 "$work/log" >&2
		fails "packages cannot be installed:$wanted"
	}
}

install_packages() {
	# What an interruption left half done.
	dpkg --configure -a
	apt-get -q update -o DPkg::Lock::Timeout=300 || return
	# shellcheck disable=SC2086 # names of packages have no spaces
	apt-get -q -y install --no-install-recommends -o DPkg::Lock::Timeout=300 \\
		-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold $wanted
}

# Puts secrets where their marks are. They pass through files and pipes only, never through arguments, which all users see.
filled() {
	awk -v folder="$secrets/" '{
		line = $0
		out = ""
		while (match(line, /@[{][a-z0-9.-]+[\\/][A-Za-z0-9._-]+[}]/)) {
			value = between = ""
			source = folder substr(line, RSTART + 2, RLENGTH - 3)
			while ((getline row <source) > 0) {
				value = value between row
				between = "\\n"
			}
			close(source)
			out = out substr(line, 1, RSTART - 1) value
			line = substr(line, RSTART + RLENGTH)
		}
		print out line
	}'
}

described() { # path, path of the file whose content counts
	echo "$(sha256sum <"$2" | cut -d ' ' -f 1) $(stat -c '%a %U:%G' "$root$1") $1"
}

file() { # path, mode, owner, filter of the content, shell function that validates or true; content on standard input
	path=$1 mode=\${2#0} owner=$3
	target=$root$path
	{ echo "$path" >>"$work/paths" && "$4" >"$work/candidate"; } || no_room "$work"
	if [ -L "$target" ] || [ ! -e "$target" ]; then
		how=new
		known "$path" && how="removed by hand"
	elif [ ! -f "$target" ]; then
		fails "$path is no file: move away what is there"
	elif cmp -s "$work/candidate" "$target" && [ "$(stat -c '%a %U:%G' "$target")" = "$mode $owner" ]; then
		return
	elif grep -qxF "$(described "$path" "$target")" "$state/record" 2>/dev/null; then
		how=changed
	elif known "$path"; then
		how="changed by hand"
	else
		how="replaced, it was not Bastide's"
	fi
	differs "file $path" "$how"
	echo "$path" >>"$work/pending"
	if looking; then
		[ "$action" = plan ] || [ "$how" = "changed by hand" ] || return
		# Who may not read a file may not read its differences.
		case $mode in *[4567]) [ -f "$target" ] && diff -u "$target" "$work/candidate" | sed '1,2d; s/^/    /' ;; esac
		return
	fi
	place "$5"
}

known() { awk -v path="$1" '$4 == path { found = 1 } END { exit !found }' "$state/record" 2>/dev/null; }

place() { # shell function that validates
	(umask 022 && mkdir -p "$(dirname "$target")")
	candidate=$target.bastide-new
	rm -f "$candidate"
	if ! { cp "$work/candidate" "$candidate" && chown "$owner" "$candidate" && chmod "$mode" "$candidate"; }; then
		rm -f "$candidate"
		fails "$path cannot be written"
	fi
	("$1") >"$work/log" 2>&1 </dev/null || {
		rm -f "$candidate"
		tail -n 20 "$work/log" >&2
		fails "$path would be refused by its program, so the file that is there stays"
	}
	if [ -e "$target" ] && ! known "$path"; then
		{ mkdir -p "$state/original$(dirname "$path")" && cp -p "$target" "$state/original$path"; } || {
			rm -f "$candidate"
			no_room "$state"
		}
	fi
	sync "$candidate"
	echo "$(sha256sum <"$candidate" | cut -d ' ' -f 1) $mode $owner $path" >>"$state/record" || {
		rm -f "$candidate"
		no_room "$state"
	}
	mv -fT "$candidate" "$target" || fails "$path cannot be written"
}

uninstall() { # what it ends, command
	printf '# %s\\n%s\\n' "$1" "$2" >>"$work/uninstall" || no_room "$work"
}

# How to end what the machine's book has and another one has not, a line each: the thing, a tab, the command. By the thing, because its
# command may be another in another version. Earlier books have commands alone, and most of them name a unit.
ends_without() { # book of what stays
	awk '
		/^# / { thing = substr($0, 3); next }
		thing == "" { thing = /^systemctl disable --now / ? $4 : $0; sub(/;$/, "", thing) }
		FILENAME == ARGV[1] { stays[thing]; stays[$0] }
		FILENAME == ARGV[2] && !(thing in stays || $0 in stays) { print thing "\\t" $0 }
		{ thing = "" }
	' "$1" "$state/uninstall"
}

# Takes away what an earlier description had and this one has no more.
files_done() {
	[ -e "$state/record" ] || return
	if [ -e "$state/uninstall" ]; then
		ends_without "$work/uninstall" >"$work/ended" || fails "its book of ends cannot be read"
		while IFS='\t' read -r thing ended; do
			differs "command" "to be run, for what this machine is no more: $ended"
			looking || end_with "$thing" "$ended"
		done <"$work/ended"
		all_ended apply
	fi
	# Before the files go that they may need: who is interrupted here does not end again what is gone.
	looking || book uninstall "$work/uninstall"
	cut -d ' ' -f 4- "$state/record" | sort -u | grep -vxFf "$work/paths" >"$work/stale" || :
	while read -r path; do
		[ -e "$root$path" ] || continue
		differs "file $path" "to be removed"
		looking || remove "$path"
	done <"$work/stale"
	looking && return
	while read -r path; do described "$path" "$root$path" || no_room "$work"; done <"$work/paths" >"$work/record"
	book record "$work/record"
}

not_ended=0
end_with() { # what it ends, command
	sh -c "$2" </dev/null >"$work/log" 2>&1 && return
	[ "$2" = "systemctl disable --now $1" ] && end_without_file "$1" && return
	not_ended=$((not_ended + 1))
	tail -n 20 "$work/log" >&2
	echo "$machine: it failed: $2" >&2
}

# A unit that somebody removed cannot be disabled any more; what still runs of it can be stopped.
end_without_file() { # unit
	systemctl daemon-reload
	systemctl stop "$1" 2>/dev/null
	case $(systemctl show -P LoadState -P ActiveState "$1" 2>/dev/null | tr '\n' ' ') in
	"not-found inactive " | "not-found failed ") ;;
	*) return 1 ;;
	esac
}

# Files and the book stay as they are, so that the next time tries again.
all_ended() { # what to do once it is mended
	[ "$not_ended" -eq 0 ] && return
	echo "$machine: what this machine is no more has not ended: mend what it says above, or take the command out of /var/lib/bastide/uninstall where nothing is left to end, and $1 again" >&2
	exit 1
}

book() { # name, file with what it says from now on
	cmp -s "$2" "$state/$1" && return
	{ cp "$2" "$state/$1.new" && mv -f "$state/$1.new" "$state/$1"; } || no_room "$state"
}

remove() { # path
	rm -f "$root$1"
	[ -e "$state/original$1" ] || return 0
	mv -f "$state/original$1" "$root$1"
}

command_() { # purpose, shell function that succeeds where nothing is to do, shell function
	("$2") >/dev/null 2>&1 </dev/null && return
	differs "command" "to $1"
	looking && return
	(
		set -eu
		"$3"
	) >"$work/log" 2>&1 </dev/null
	# Not in a condition: there, the shell would not stop at the first command that fails.
	status=$?
	[ "$status" -eq 0 ] && return
	tail -n 20 "$work/log" >&2
	fails "it failed to $1"
}

unit() { # name, reload or restart, shell function that says why it did not take what it was given or true, paths that it watches
	name=$1 on_change=$2 taken=$3
	shift 3
	# When it was written counts too: what was changed by hand, and taken, has its old content again once it is put back.
	mark=$(for path in "$@"; do cat "$root$path" && stat -c %.9Y "$root$path"; done 2>/dev/null | sha256sum | cut -d ' ' -f 1)
	marked=$(cat "$state/units/$name" 2>/dev/null)
	enabled=$(systemctl is-enabled "$name" 2>/dev/null)
	case $enabled in
	enabled | enabled-runtime | static | indirect | generated | alias | linked) ;;
	*)
		differs "unit $name" "$([ -n "$marked" ] && echo "disabled by hand" || echo "to be enabled")"
		looking || systemctl -q enable "$name" || fails "$name cannot be enabled"
		;;
	esac
	# What systemd found counts for the files that it found it with.
	if [ "$mark" = "$marked" ] && has_no_place_here; then
		:
	elif [ "$(systemctl is-active "$name" 2>/dev/null)" != active ]; then
		differs "unit $name" "$([ -n "$marked" ] && echo "not running, by hand or by a fault" || echo "to be started")"
		looking && return
		reload_manager
		systemctl reset-failed "$name" 2>/dev/null
		systemctl start "$name" || fails "$name cannot be started: see journalctl -u $name"
	elif ! ("$taken") >"$work/log" 2>&1 </dev/null; then
		differs "unit $name" "goes on with what it had before, by hand or by a fault"
		sed 's/^/    /' "$work/log"
		looking && return
		take "$@"
	elif [ "$mark" != "$marked" ] || watched_is_pending "$@"; then
		# A first mark of a unit that watches nothing says nothing of interest.
		if [ $# -gt 0 ] || [ -n "$marked" ]; then
			differs "unit $name" "to be $([ "$on_change" = reload ] && echo reloaded || echo restarted)"
			looking && return
			take "$@"
		fi
	fi
	looking || [ "$mark" = "$marked" ] || echo "$mark" >"$state/units/$name"
}

# Has it take what its files say. Its mark is not written where it does not, so that the next application tries again.
take() { # paths that it watches
	reload_manager
	if [ "$on_change" = reload ]; then action_of_unit=reload-or-restart; else action_of_unit=restart; fi
	systemctl "$action_of_unit" "$name" 2>"$work/log" && ("$taken") >/dev/null 2>&1 </dev/null && return
	cat "$work/log" >&2
	("$taken") >"$work/log" 2>&1 </dev/null && fails "$name cannot be \${on_change}ed: see journalctl -u $name"
	tail -n 20 "$work/log" >&2
	fails "$name does not take $*, and goes on with what it had before: mend what it says above, and apply again"
}

# Whether systemd looked, and left it out on purpose: a clock that a container does not have needs no daemon.
has_no_place_here() {
	case $(systemctl show -P ConditionResult -P ConditionTimestampMonotonic "$name" 2>/dev/null | tr '\n' ' ') in
	"no 0 ") return 1 ;;
	"no "*) return 0 ;;
	*) return 1 ;;
	esac
}

reload_manager() {
	[ "$(systemctl show -P NeedDaemonReload "$name" 2>/dev/null)" = no ] || systemctl daemon-reload
}

# While only looking: whether one of these paths would be written first.
watched_is_pending() {
	looking || return 1
	for path in "$@"; do grep -qxF "$path" "$work/pending" && return; done
	return 1
}

health() { # purpose, shell function
	tries=30
	looking && tries=1
	# Where something is still to be done, not all can be well.
	[ "$action" = plan ] && [ "$changes" -gt 0 ] && return
	while [ "$tries" -gt 0 ]; do
		("$2") >/dev/null 2>&1 </dev/null && return
		tries=$((tries - 1))
		[ "$tries" -eq 0 ] || sleep 1
	done
	looking || fails "it is not true that $1"
	differs "health" "it is not true that $1, by hand or by a fault"
}

finish() {
	case $action in
	apply) [ "$changes" -eq 0 ] && echo "$machine: nothing to do" || echo "$machine: $changes changed" ;;
	plan) [ "$changes" -eq 0 ] && echo "$machine: nothing to do" || echo "$machine: $changes to change, $by_hand of them changed by hand" ;;
	drift)
		[ "$by_hand" -eq 0 ] && echo "$machine: nothing was changed by hand" && exit 0
		echo "$machine: $by_hand changed by hand"
		exit 1
		;;
	esac
	exit 0
}

# The end of the role: its commands, then every file that was ever written for it; what was there before comes back.
uninstall_all() {
	ends_without /dev/null >"$work/ended" || fails "its book of ends cannot be read"
	while IFS='\t' read -r thing ended; do
		echo "$machine: $ended"
		end_with "$thing" "$ended"
	done <"$work/ended"
	all_ended uninstall
	: >"$state/uninstall"
	cut -d ' ' -f 4- "$state/record" | sort -u | while read -r path; do remove "$path"; done
	rm -rf "$state/record" "$state/uninstall" "$state/units" "$state/original"
	systemctl daemon-reload
	echo "$machine: removed; packages and data stay"
	exit 0
}
`;
