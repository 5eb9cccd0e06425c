# shellcheck shell=bash disable=SC2154 # the folder is named by ./servers
# A private RabbitMQ with the three users that the cluster knows.

broker_environment() {
  local base=$folder/broker loopback='-kernel inet_dist_use_interface {127,0,0,1}'
  local name
  for name in ${!RABBITMQ_*}; do unset "$name"; done
  export HOME=$base/home LC_ALL=C.UTF-8 detached=yes # = the script becomes the server
  export ERL_EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1
  ERL_EPMD_PORT=$(value epmd ports)
  export RABBITMQ_NODENAME=mneme@localhost
  export RABBITMQ_DIST_PORT RABBITMQ_CTL_DIST_PORT_MIN
  RABBITMQ_DIST_PORT=$(value dist ports)
  RABBITMQ_CTL_DIST_PORT_MIN=$(value ctl ports)
  export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=$loopback RABBITMQ_CTL_ERL_ARGS=$loopback
  export RABBITMQ_CONF_ENV_FILE=$base/none RABBITMQ_ADVANCED_CONFIG_FILE=$base/none
  export RABBITMQ_CONFIG_FILE=$base/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$base/plugins
  export RABBITMQ_MNESIA_BASE=$base/data RABBITMQ_LOG_BASE=$base/log
  export RABBITMQ_GENERATED_CONFIG_DIR=$base/config
}

bytes() { printf "$(sed 's/../\\x&/g' <<<"$1")"; }

# RabbitMQ's form: base64 of salt and sha256(salt, password).
password_hash() {
  local salt sum
  salt=$(random 4)
  sum=$({ bytes "$salt" && printf %s "$1"; } | sha256sum)
  bytes "$salt${sum%% *}" | base64
}

user() {
  printf '{"name": "%s", "tags": "", "limits": {}, "password_hash": "%s",' \
    "$1" "$(password_hash "$(value "$1" passwords)")"
  echo ' "hashing_algorithm": "rabbit_password_hashing_sha256"}'
}

# Everything in quotes below is a pattern for names of exchanges and queues.
permission() {
  printf '{"user": "%s", "vhost": "mneme", "configure": "%s", "write": "%s", "read": "%s"}\n' "$@"
}

definitions() {
  local node='^node\\.'
  cat <<TEXT
{"vhosts": [{"name": "mneme"}],
 "users": [$(user worker), $(user lighthouse), $(user coordinator)],
 "permissions": [
   $(permission worker "$node" '^to\\.coordinator$' "$node"),
   $(permission lighthouse "$node" "$node" '^(node\\.|view$)'),
   $(permission coordinator '^(node\\.|coordinator|to\\.coordinator$|view$)' '.*' '.*')]}
TEXT
}

configure_broker() {
  local base=$folder/broker
  [[ ! -f $base/rabbitmq.conf ]] || return 0
  mkdir -p -- "$base"/{home,data,log,config}
  chmod 700 -- "$base"
  random 16 >"$base/home/.erlang.cookie"
  chmod 400 -- "$base/home/.erlang.cookie"
  echo '[rabbitmq_event_exchange].' >"$base/plugins"
  definitions >"$base/definitions.json"
  cat >"$base/rabbitmq.conf" <<TEXT
listeners.tcp.local = 127.0.0.1:$(value amqp ports)
load_definitions = $base/definitions.json
event_exchange.vhost = mneme
log.file.level = info
log.console = false
disk_free_limit.absolute = 50MB
raft.wal_max_size_bytes = 67108864
TEXT
}

broker_program() {
  local program=/usr/lib/rabbitmq/bin/$1 # Debian's other one changes the user
  [[ -x $program ]] || program=$(command -v "$1") ||
    fail "RabbitMQ is missing. Install it: sudo apt-get install rabbitmq-server"
  echo "$program"
}

start_broker() {
  local base=$folder/broker program
  ! is_running "$base/pid" || return 0
  program=$(broker_program rabbitmq-server)
  configure_broker
  broker_environment
  detach "$base/epmd.pid" "$base/log/epmd" epmd
  await 10 is_open "$ERL_EPMD_PORT" || fail "epmd does not start: see $base/log/epmd"
  # After a kill it may stumble over what it was writing: whoever watches a server tries again.
  for _ in 1 2 3; do
    detach "$base/pid" "$base/log/out" "$program"
    await 120 broker_is_decided
    ! is_running "$base/pid" || return 0
  done
  fail "RabbitMQ does not start: $(tail -q -n 12 "$base/log/out" "$base"/log/mneme@*.log)"
}

broker_is_decided() { is_open "$(value amqp ports)" || ! is_running "$folder/broker/pid"; }

end_broker() {
  end_process "$folder/broker/pid" "$1"
  end_process "$folder/broker/epmd.pid" KILL
}

# Another virtual host with the same permissions: what is in it disturbs nobody.
add_space() {
  broker_environment
  "$(broker_program rabbitmqctl)" --silent eval '
    Name = <<"'"$1"'">>, ok = rabbit_vhost:add(Name, <<"mneme">>),
    [begin
       [User, Configure, Write, Read] =
         [proplists:get_value(Key, Row) || Key <- [user, configure, write, read]],
       ok = rabbit_auth_backend_internal:set_permissions(
         User, Name, Configure, Write, Read, <<"mneme">>)
     end || Row <- rabbit_auth_backend_internal:list_vhost_permissions(<<"mneme">>)],
    ok.' >/dev/null
}
