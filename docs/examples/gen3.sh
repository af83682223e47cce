#!/usr/bin/env bash
# Carries an Oracle Integration 3 instance across: export, import, connection, activation, schedule.
# Numbers in brackets are sections of the facts about the service that this project has collected.
# Needs bash 4.4, curl 7.76 and jq 1.6. Takes everything from the environment:
#   SOURCE_URL            https://design.integration.us-phoenix-1.ocp.oraclecloud.com
#   SOURCE_INSTANCE       the service instance's name, as its About page shows it
#   SOURCE_IDENTITY_URL   https://idcs-….identity.oraclecloud.com
#   SOURCE_CLIENT_ID, SOURCE_CLIENT_SECRET, SOURCE_SCOPE   an application with ServiceAdministrator
#   TARGET_…              the same six, of the instance that is imported into
#   BUCKET_URL            https://swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/NAMESPACE/BUCKET
#   STORAGE_USER, STORAGE_TOKEN   a user who may write to the bucket, and an auth token of theirs
#   JOB_NAME              names both jobs and the archive; must not have been used before
#   CONNECTION, CONNECTION_URL, CONNECTION_USER, CONNECTION_PASSWORD   what to set in the target
#   INTEGRATION           CODE|VERSION of what is activated and, when it has a schedule, started
#   PROJECT               the project that holds both, if one does
#   POLL_SECONDS, POLLS   how long to wait between two polls, and for how many [15, 480]
#
# Ends with 0, or with 1: a step failed, 2: a variable is missing, 3: a job had problems, 4: out of POLLS.
set -euo pipefail
shopt -s inherit_errexit
say() { printf '%s\n' "$*"; }
die() { printf 'error: %s\n' "$2" >&2; exit "$1"; }

for name in {SOURCE,TARGET}_{URL,INSTANCE,IDENTITY_URL,CLIENT_ID,CLIENT_SECRET,SCOPE} BUCKET_URL \
  STORAGE_{USER,TOKEN} JOB_NAME CONNECTION{,_URL,_USER,_PASSWORD} INTEGRATION; do
  [[ -n ${!name:-} ]] || die 2 "$name is not set"
done
POLL_SECONDS=${POLL_SECONDS:-15} POLLS=${POLLS:-480}

# Everybody on a machine sees arguments: secrets reach curl in files of headers and as bodies only.
basic() { printf 'Authorization: Basic %s\n' "$(printf '%s:%s' "$1" "$2" | base64 | tr -d '\n')"; }

# http CURL-OPTION…: one request; leaves the answer in $body.
http() {
  body=$(curl --silent --show-error --connect-timeout 10 --max-time 300 "$@") || die 1 "${body:-no answer}"
}

# authorize SIDE: sees to a token that is good for the next request; a job may outlive one.
declare -A token=() renewal=()
authorize() {
  local url=$1_IDENTITY_URL id=$1_CLIENT_ID secret=$1_CLIENT_SECRET scope=$1_SCOPE
  ((SECONDS >= ${renewal[$1]:-0})) || return 0
  # [4] client credentials
  http --fail-with-body --header @<(basic "${!id}" "${!secret}") \
    --header 'Content-Type: application/x-www-form-urlencoded;charset=UTF-8' \
    --data grant_type=client_credentials --data-urlencode "scope=${!scope}" "${!url}/oauth2/v1/token"
  token[$1]=$(jq -er .access_token <<<"$body")
  renewal[$1]=$((SECONDS + $(jq -er .expires_in <<<"$body") / 2))
}

# oic SIDE PATH [CURL-OPTION…]: a call of the service. [1.1, 2] Each names the instance.
oic() {
  authorize "$1"
  local url=$1_URL instance=$1_INSTANCE
  http --header @<(printf 'Authorization: Bearer %s\n' "${token[$1]}") "${@:3}" \
    "${!url}/ic/api$2?integrationInstance=${!instance}"
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
    # [1.5] the names of the state; [1.6] no list of states is closed
    state=$(jq -er '.overallStatus // .status // .jobStatus' <<<"$body")
    say "  job $id: $state"
    case ${state^^} in
      COMPLETED) return ;;
      COMPLETED*) die 3 "the job ended with problems: $body" ;;
      *FAIL* | *ERROR* | *ABORT* | *CANCEL*) die 1 "the job failed: $body" ;;
    esac
  done
  die 4 "job $id has not ended"
}

exports=/common/v1/exportServiceInstanceArchive imports=/common/v1/importServiceInstanceArchive
# [2, 2.5] design-time calls; [2] the bar of an id is encoded
design=/integration/v1${PROJECT:+/projects/$PROJECT}
connection=$design/connections/$CONNECTION integration=$design/integrations/${INTEGRATION/|/%7C}
storage='storageInfo: {
  storageUrl: env.BUCKET_URL, storageUser: env.STORAGE_USER, storagePassword: env.STORAGE_TOKEN}'

say "export $SOURCE_INSTANCE"
# [1.2] start an export
post SOURCE "$exports" <<<"$(jq -n "{jobName: env.JOB_NAME, exportSecurityArtifacts: true, $storage}")"
job SOURCE "$exports"
# [1.5] the names that the archive goes by
archive=$(jq -r '.archiveName // .archiveFilename // .archiveFileName // .archiveFile // env.JOB_NAME' <<<"$body")

say "look for $archive in the bucket"
for ((poll = 0, bytes = 0; poll < POLLS && bytes == 0; poll++)); do
  ((poll == 0)) || sleep "$POLL_SECONDS"
  # [5] list the bucket; [1.5] that the job is completed does not prove that the archive is there
  http --fail --retry 5 --header @<(basic "$STORAGE_USER" "$STORAGE_TOKEN") --get \
    --data format=json --data-urlencode "prefix=${archive%.zip}" "$BUCKET_URL"
  # [1.7] the object's name may end in .zip though the job's does not
  bytes=$(jq --arg name "$archive" 'map(select(.name == ($name, $name + ".zip")).bytes) | max // 0' <<<"$body")
done
((bytes > 0)) || die 4 "$archive is not in the bucket"

say "import $bytes bytes into $TARGET_INSTANCE"
# [1.3] start an import; [1.9] nothing is activated, for no connection must be live before it is right
post TARGET "$imports" <<<"$(jq -n --arg archive "$archive" "{archiveFile: \$archive,
  importActivateMode: \"importOnly\", importSecurityArtifacts: true, jobName: env.JOB_NAME, $storage}")"
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
# [2.1] activate; what it answers is often not the end
patch TARGET "$integration" <<<'{"status": "ACTIVATED"}'
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
  post TARGET "$integration/schedule/start" <<<'{}'
fi
