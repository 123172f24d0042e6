#!/usr/bin/env bash
# Checks the records and compares them with what was there before: the worst problems become annotations, everything goes into the
# job's summary. All that it needs comes from its environment, so that nothing from outside is ever part of a command:
#   SALESOPS   the program; else the one that was installed into $RUNNER_TEMP/salesops
#   ROOT       the folder of the records; else this one
#   AS_OF      the day to check for; else today
#   FOR_SITE   true lets a red line without a decision pass as a warning, so that the site can show it
#   STRICT     true lets warnings fail the check
#   AGAINST    the commit to compare with, or none; else what the event says:
#   BASE_SHA   the base of a pull request
#   BEFORE     where the branch stood before a push
#   HEAD_REPOSITORY, HEAD_BRANCH
#              where a pull request is mended: the summary links there
set -euo pipefail

salesops="${SALESOPS:-$RUNNER_TEMP/salesops/bin/salesops}"
root="${ROOT:-.}"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# A pull request is checked as it would be merged: the first parent of that merge is the base as it stands now. The base that
# the event names may be older, and would blame this pull request for what others have merged since.
commit() { git -C "$root" rev-parse --quiet --verify "$1^{commit}" 2>/dev/null || true; }
base_of_the_pull_request() {
  if [[ "$(commit HEAD)" == "${GITHUB_SHA:-}" && -n "$(commit HEAD^2)" ]]; then
    commit HEAD^1
  else
    printf '%s' "${BASE_SHA:-}"
  fi
}

undecided() {
  echo "::error::Cannot decide: the event does not say what to compare with. Hand $1 over, or set AGAINST."
  exit 3
}

against="${AGAINST:-}"
exact=()
if [[ "$against" == none ]]; then
  against=""
elif [[ -z "$against" && "${GITHUB_EVENT_NAME:-}" == pull_request ]]; then
  against="$(base_of_the_pull_request)"
  [[ -n "$against" ]] || undecided BASE_SHA
elif [[ -z "$against" && "${GITHUB_EVENT_NAME:-}" == push && "${BEFORE:-}" =~ ^0+$ ]]; then
  echo "::notice::This branch is new, so there is nothing to compare it with: every record is checked as it is."
elif [[ -z "$against" && "${GITHUB_EVENT_NAME:-}" == push ]]; then
  against="${BEFORE:-}"
  exact=(--exact)
  [[ -n "$against" ]] || undecided BEFORE
fi

options=()
[[ -z "${AS_OF:-}" ]] || options+=(--as-of="$AS_OF")
links=()
[[ -z "${HEAD_REPOSITORY:-}" || -z "${HEAD_BRANCH:-}" ]] || links=(--repository="$HEAD_REPOSITORY" --branch="$HEAD_BRANCH")
check=("${options[@]}")
[[ "${FOR_SITE:-}" != true ]] || check+=(--for-site)
[[ "${STRICT:-}" != true ]] || check+=(--strict)
[[ -z "$against" ]] || check+=(--against="$against" "${exact[@]}")

# Annotations name files from the folder of the records on; GitHub wants them from the top of the repository on.
prefix=""
if [[ "$root" != . ]]; then
  prefix="$(git -C "$root" rev-parse --show-prefix 2>/dev/null || true)"
  prefix="${prefix//'%'/%25}"
  prefix="${prefix//$'\n'/%0A}"
  prefix="${prefix//:/%3A}"
  prefix="${prefix//,/%2C}"
fi
from_the_top() {
  local line
  while IFS= read -r line || [[ -n "$line" ]]; do
    case "$line" in
      "::error file="*) line="::error file=$prefix${line#"::error file="}" ;;
      "::warning file="*) line="::warning file=$prefix${line#"::warning file="}" ;;
    esac
    printf '%s\n' "$line"
  done
}

# The annotations are the only output that GitHub may take for commands; salesops escapes whatever it quotes in them.
code=0
"$salesops" -C "$root" check --format github "${check[@]}" | from_the_top || code=$?
if ((code == 3)) && [[ "${exact[*]}" && -z "$(commit "$against")" ]]; then
  echo "::error::Cannot decide: where this branch stood before the push is gone, as after a force push. Open a pull request, so that it can be compared."
fi

# From here on nothing that is printed is taken for a command, whatever it quotes.
token="$(openssl rand -hex 16)"
echo "::stop-commands::$token"
trap 'rm -rf "$scratch"; echo "::$token::"' EXIT

# Adds what salesops prints to the summary, whether or not it found problems; GitHub throws a summary above 1 MiB away altogether.
summarise() {
  local room="$1" ended=0
  shift
  "$salesops" -C "$root" "$@" >"$scratch/part.md" || ended=$?
  ((ended <= 1)) || exit "$ended"
  head -c "$room" "$scratch/part.md" | { iconv -c -f utf-8 -t utf-8 2>/dev/null || true; } # a character cut in two is left out
  if (($(wc -c <"$scratch/part.md") > room)); then
    printf '\n\nThere is more than fits here: run `salesops check` to see all of it.\n'
  fi
  printf '\n'
}
{
  if ((code > 1)); then
    printf 'The check could not decide. The log of this step says why.\n'
  else
    [[ -z "$against" ]] || summarise 300000 diff --format markdown "${options[@]}" "${links[@]}" "${exact[@]}" -- "$against" HEAD
    printf '## All that the check says\n\n'
    summarise 500000 check --format markdown "${check[@]}"
  fi
} >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
exit "$code"
