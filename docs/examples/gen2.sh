#!/usr/bin/env bash
# Carries a Generation 2 instance across: export, import, connection, activation, schedule.
# Numbers in brackets are sections of the facts about the service that this project has collected.
# Needs bash 4.4, curl 7.76 and jq 1.6. Takes everything from the environment:
#   SOURCE_URL            https://INSTANCE-TENANCY-px.integration.ocp.oraclecloud.com
#   SOURCE_USER, SOURCE_PASSWORD   a user with the role ServiceAdministrator
#   TARGET_…              the same three, of the instance that is imported into
#   BUCKET_URL            https://swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/NAMESPACE/BUCKET
#   STORAGE_USER, STORAGE_TOKEN   a user who may write to the bucket, and an auth token of theirs
#   CONNECTION, CONNECTION_URL, CONNECTION_USER, CONNECTION_PASSWORD   what to set in the target
#   INTEGRATION           CODE|VERSION of what is activated and, when it has a schedule, started
#   POLL_SECONDS, POLLS   how long to wait between two polls, and for how many [15, 480]
#
# Ends with 0, or with 1: a step failed, 2: a variable is missing, 3: a job had problems, 4: out of POLLS.
set -euo pipefail
shopt -s inherit_errexit
say() { printf '%s\n' "$*"; }
die() { printf 'error: %s\n' "$2" >&2; exit "$1"; }

for name in {SOURCE,TARGET}_{URL,USER,PASSWORD} BUCKET_URL STORAGE_{USER,TOKEN} \
  CONNECTION{,_URL,_USER,_PASSWORD} INTEGRATION; do
  [[ -n ${!name:-} ]] || die 2 "$name is not set"
done
POLL_SECONDS=${POLL_SECONDS:-15} POLLS=${POLLS:-480}

# http USER PASSWORD CURL-OPTION…: one request; leaves the answer in $body. Everybody on a machine sees
# arguments: secrets reach curl in files of headers and as bodies only.
basic() { printf 'Authorization: Basic %s\n' "$(printf '%s:%s' "$1" "$2" | base64 | tr -d '\n')"; }
http() {
  body=$(curl --silent --show-error --connect-timeout 10 --max-time 300 --header @<(basic "$1" "$2") "${@:3}") ||
    die 1 "${body:-no answer}"
}

# oic SIDE PATH [CURL-OPTION…]: a call of the service. [3] One host is for all, [4] with basic authentication.
oic() {
  local url=$1_URL user=$1_USER password=$1_PASSWORD
  http "${!user}" "${!password}" "${@:3}" "${!url}/ic/api$2"
}
# [4] Only what changes nothing is repeated when the service is busy. Bodies come from stdin.
get() { oic "$@" --fail --retry 5; }
post() { oic "$@" --fail-with-body --header 'Content-Type: application/json' --data @-; }
# [2] PATCH is a POST that says so in a header
patch() { post "$@" --header 'X-HTTP-Method-Override: PATCH'; }

# job SIDE PATH: follows the job that $body tells of to its end.
job() {
  local id state poll
  id=$(jq -er .jobId <<<"$body")
  for ((poll = 0; poll < POLLS; poll++)); do
    sleep "$POLL_SECONDS"
    get "$1" "$2/$id"
    # [1.5] a component may be CANCELLED while the job goes on; [1.6] no list of states is closed
    state=$(jq -er .overallStatus <<<"$body")
    say "  job $id: $state $(jq -c '[.components[]? | {(.name): .status}] | add' <<<"$body")"
    case ${state^^} in
      COMPLETED) return ;;
      COMPLETED*) die 3 "the job ended with problems: $body" ;;
      *FAIL* | *ERROR* | *ABORT* | *CANCEL*) die 1 "the job failed: $body" ;;
    esac
  done
  die 4 "job $id has not ended"
}

exports=/common/v1/exportServiceInstanceArchive imports=/common/v1/importServiceInstanceArchive
# [2] the bar of an id is encoded
connection=/integration/v1/connections/$CONNECTION
integration=/integration/v1/integrations/${INTEGRATION/|/%7C}
storage='storageInfo: {
  storageUrl: env.BUCKET_URL, storageUser: env.STORAGE_USER, storagePassword: env.STORAGE_TOKEN}'

say "export $SOURCE_URL"
# [1.2] start an export: it is told of the storage only; [7] credentials always travel
post SOURCE "$exports" <<<"$(jq -n "{$storage}")"
job SOURCE "$exports"
# [1.5] the service has chosen the archive's name
archive=$(jq -er .archiveName <<<"$body")

say "look for $archive in the bucket"
for ((poll = 0, bytes = 0; poll < POLLS && bytes == 0; poll++)); do
  ((poll == 0)) || sleep "$POLL_SECONDS"
  # [5] list the bucket; [1.5] that the job is completed does not prove that the archive is there
  http "$STORAGE_USER" "$STORAGE_TOKEN" --fail --retry 5 "$BUCKET_URL?format=json"
  bytes=$(jq --arg name "$archive" 'map(select(.name == $name).bytes) | max // 0' <<<"$body")
done
((bytes > 0)) || die 4 "$archive is not in the bucket"

say "import $bytes bytes into $TARGET_URL"
# [1.3] start an import; [1.9] nothing is activated, for no connection must be live before it is right
post TARGET "$imports" <<<"$(jq -n --arg archive "$archive" "{
  archiveFile: \$archive, importActivateMode: \"ImportOnly\", $storage}")"
job TARGET "$imports"

say "set and test $CONNECTION"
# [2.2] update a connection
patch TARGET "$connection" <<<"$(jq -n '
  def property($group; $name; $type; $value):
    {propertyGroup: $group, propertyName: $name, propertyType: $type, propertyValue: $value};
  {connectionProperties: [property("CONNECTION_PROPS"; "connectionUrl"; "URL"; env.CONNECTION_URL)],
   securityPolicy: "BASIC_AUTH",
   securityProperties: [property("CREDENTIALS"; "username"; "STRING"; env.CONNECTION_USER),
                        property("CREDENTIALS"; "password"; "PASSWORD"; env.CONNECTION_PASSWORD)]}')"
# [2.2] test it; an answer of 200 may tell of a failure
post TARGET "$connection/test" </dev/null
[[ $(jq -r .status <<<"$body") == SUCCESS ]] || die 1 "the test failed: $body"

say "activate $INTEGRATION"
# [2.1] activate; the answer is the final state here, [7] which Generation 3 does not promise
patch TARGET "$integration" <<<'{"status": "ACTIVATED"}'
say "  $(jq -r .status <<<"$body")"
for ((poll = 0; poll < POLLS; poll++)); do
  # [2.1] status of the activation
  get TARGET "$integration/activationStatus"
  state=$(jq -er .activationStatus <<<"$body")
  say "  $state"
  case $state in
    ACTIVATED) break ;;
    # [2.1] errors of the activation
    FAILEDACTIVATION) get TARGET "$integration/activationErrors" && die 1 "$body" ;;
  esac
  sleep "$POLL_SECONDS"
done
[[ $state == ACTIVATED ]] || die 4 "$INTEGRATION is not active yet"

# [2.3] start the schedule of what may have one and has one
get TARGET "$integration"
if jq -e '.scheduleApplicableFlag and .scheduleDefinedFlag' <<<"$body" >/dev/null; then
  say "start the schedule"
  post TARGET "$integration/schedule/start" <<<'{"action": "NOW", "parameters": [], "runAsSchedule": false}'
fi
