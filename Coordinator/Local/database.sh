# shellcheck shell=bash disable=SC2154 # the folder is named by ./servers
# A private PostgreSQL with one user, who owns it.

database_program() {
  local folders=(/usr/lib/postgresql/*/bin)
  local program=${folders[-1]}/$1
  [[ -x $program ]] || program=$(command -v "$1") ||
    fail "PostgreSQL is missing. Install it: sudo apt-get install postgresql"
  echo "$program"
}

# PostgreSQL refuses to run as root; but it must get through folders that are root's alone.
as_database() {
  local change=()
  [[ $(id -u) != 0 ]] || change=(
    setpriv --reuid=postgres --regid=postgres --clear-groups
    --inh-caps=+dac_override --ambient-caps=+dac_override
  )
  (cd / && exec env LC_ALL=C.UTF-8 "${change[@]}" "$@")
}

configure_database() {
  local base=$folder/database initdb postgres
  [[ ! -d $base/data ]] || return 0
  initdb=$(database_program initdb) postgres=$(database_program postgres)
  rm -rf -- "$base"
  mkdir -- "$base"
  value database passwords >"$base/password"
  chmod 700 -- "$base"
  [[ $(id -u) != 0 ]] || chown -R postgres: "$base"
  {
    as_database "$initdb" --pgdata="$base/new" --username=mneme --pwfile="$base/password" \
      --auth=scram-sha-256 --encoding=UTF8 --no-locale
    as_database "$postgres" --single -D "$base/new" postgres <<<'CREATE DATABASE mneme'
    cat >>"$base/new/postgresql.conf" <<TEXT
listen_addresses = '127.0.0.1'
port = $(value database ports)
unix_socket_directories = ''
dynamic_shared_memory_type = mmap  # nothing outside the folder
max_connections = 200
TEXT
  } </dev/null >"$folder/database.log" 2>&1 ||
    fail "PostgreSQL cannot be set up: $(tail -n 3 "$folder/database.log")"
  mv -- "$base/new" "$base/data"
}

start_database() {
  local base=$folder/database control
  ! database_runs || return 0
  forget_database
  configure_database
  control=$(database_program pg_ctl)
  detach /dev/null "$folder/database.log" "$BASH" "$here/servers" database "$folder" "$control"
  wait $! || fail "PostgreSQL does not start: $(tail -n 2 "$base/log")"
}

run_database() {
  as_database "$1" --pgdata="$folder/database/data" --wait --timeout=60 \
    --log="$folder/database/log" start
}

# PostgreSQL writes its own file, without a start time.
database_runs() {
  local pid=0 file=$folder/database/data/postmaster.pid
  [[ ! -f $file ]] || read -r pid <"$file" || true
  identify "$pid" && [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") == *"$folder"* ]]
}

end_database() {
  local all pid child
  database_runs || return 0
  pid=${identity%:*} all=("$identity")
  for child in $(<"/proc/$pid/task/$pid/children"); do
    ! identify "$child" || all+=("$identity")
  done
  if [[ $1 == KILL ]]; then kill -KILL "${all[@]%:*}" 2>/dev/null || true
  else kill -INT "$pid"; fi # = "fast": nobody is waited for
  await 60 are_gone "${all[@]}" || fail "PostgreSQL does not end"
}

# What a killed PostgreSQL leaves: its lock file, and a piece of shared memory that its processes
# hold. PostgreSQL would clear both away, but not while a parent has yet to ask for its exit.
forget_database() {
  local file=$folder/database/data/postmaster.pid id
  [[ -f $file ]] || return 0
  id=$(sed -n '7s/.* //p' "$file")
  await 30 is_free "$id" || fail "processes of a killed PostgreSQL do not end"
  [[ -z $id ]] || ipcrm -m "$id" 2>/dev/null || true
  rm -f -- "$file"
}

# No process holds it: the seventh column of its line counts them.
is_free() { awk -v id="$1" '$2 == id && $7 > 0 { exit 1 }' /proc/sysvipc/shm; }
