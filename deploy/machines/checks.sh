# shellcheck shell=bash
# Sourced by the scripts of this folder: how they fail, and what they accept. Each message names the option, its value and
# what it may be; a password is in none of them.

die() { echo "${0##*/}: $*" >&2; exit 1; }
usage_error() { echo "${0##*/}: $* (try --help)" >&2; exit 2; }

# manual FILE: the comment at its head is its manual.
manual() { sed -n '2,/^$/s/^# \{0,1\}//p' "$1"; }

# value OPTION COUNT: an option that takes a value must have one.
value() { [ "$2" -ge 2 ] || usage_error "$1 needs a value"; }

need_commands() {
  local command
  for command in "$@"; do command -v "$command" >/dev/null || die "needs the command $command, which is not on the path"; done
}

need_file() { # OPTION FILE
  [ -n "$2" ] || usage_error "$1 is missing"
  { [ -f "$2" ] && [ -r "$2" ]; } || die "$1 is \"$2\"; expected a file that can be read"
}

need_match() { # OPTION VALUE REGEX WHAT
  [ -n "$2" ] || usage_error "$1 is missing: give $4"
  [[ $2 =~ ^($3)$ ]] || usage_error "$1 is \"$2\"; expected $4"
}

need_number() { # OPTION VALUE MIN MAX
  { [[ $2 =~ ^[0-9]{1,9}$ ]] && [ "$2" -ge "$3" ] && [ "$2" -le "$4" ]; } || usage_error "$1 is \"$2\"; expected a number from $3 to $4"
}

# An absolute path of plain characters, since it ends up in configuration files of several syntaxes.
need_path() { need_match "$1" "$2" '/[A-Za-z0-9._/-]{1,200}' 'an absolute path of A-Z a-z 0-9 . _ - /'; }

# shellcheck disable=SC2034 # Used by those who source this.
HOST_NAME='[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?'

# read_password OPTION FILE VARIABLE: the file's first line. Only characters that need no escaping in any of the
# configurations and statements that it goes into.
read_password() {
  need_file "$1" "$2"
  local line=
  IFS= read -r line <"$2" || [ -n "$line" ] || die "$1 is \"$2\", which is empty"
  [[ $line =~ ^[A-Za-z0-9._~-]{12,128}$ ]] || die "the password in $2 must be 12 to 128 of A-Z a-z 0-9 . _ ~ -"
  printf -v "$3" '%s' "$line"
}

# replace_file FILE MODE: standard input becomes the file in one step; whoever reads it sees the old or the new.
replace_file() {
  local new
  new=$(mktemp "$1.XXXXXX")
  cat >"$new"
  chmod "$2" "$new"
  mv -f "$new" "$1"
}
