#!/usr/bin/env bash
# A real S3 server for tests: Ceph's gateway over one monitor and one storage daemon that keeps objects in memory. Everything lies in one
# folder; nothing runs as a service, and nothing outlives whoever holds this script's standard input.
# usage: radosgw.sh FOLDER PORT [ADDRESS]       (PORT + 1 is the monitor's; ADDRESS is what the gateway listens on)
#   needs Debian's radosgw, ceph-mon and ceph-osd; prints "ready" when requests are answered
#   access key "stickers", secret "stickers-secret"
# commands on standard input: "kill" ends the gateway as a crash does and prints "killed"; "start" starts it again and prints "ready";
# the end of input ends everything.
set -euo pipefail
folder=$1 port=$2 address=${3:-127.0.0.1}
mkdir -p "$folder"/{mon,osd,gateway,log}
export CEPH_CONF=$folder/ceph.conf
cluster=$(cat /proc/sys/kernel/random/uuid) disk=$(cat /proc/sys/kernel/random/uuid)

{
  echo '[global]'
  echo "fsid = $cluster"
  echo "mon host = v2:127.0.0.1:$((port + 1))"
  echo 'mon initial members = a'
  echo 'public addr = 127.0.0.1'
  echo 'ms bind ipv6 = false'
  echo 'admin socket ='
  echo 'pid file ='
  echo "run dir = $folder"
  echo "log file = $folder/log/\$name.log"
  # The daemons trust each other; S3 clients still sign their requests.
  for kind in cluster service client; do echo "auth $kind required = none"; done
  # One disk is enough.
  for what in 'size = 1' 'min size = 1' 'pg num = 1' 'pgp num = 1' 'pg autoscale mode = off'; do echo "osd pool default $what"; done
  echo 'osd crush chooseleaf type = 0'
  echo 'mon allow pool size one = true'
  echo 'mon max pg per osd = 1000'
  # It must start on a machine whose own disk is nearly full.
  echo 'mon data avail crit = 1'
  echo '[mon]'
  echo "mon data = $folder/mon"
  echo '[osd]'
  echo "osd data = $folder/osd"
  echo 'osd objectstore = memstore'
  echo 'memstore device bytes = 2147483648'
  # Without these the gateway's server-side classes are refused.
  echo 'osd class load list = *'
  echo 'osd class default list = *'
  echo '[client]'
  echo 'keyring = /dev/null'
  # Encrypted traffic, the gateway's default here, needs the authentication that is off.
  echo 'ms mon client mode = crc secure'
  echo "rgw data = $folder/gateway"
  # Without the option every small answer waits 40 ms for an acknowledgement.
  echo "rgw frontends = beast endpoint=$address:$port tcp_nodelay=1"
  echo 'rgw override bucket index max shards = 1'
  echo 'rgw dynamic resharding = false'
  # A gateway that is killed while it completes an upload leaves it locked for so many seconds; 600 where nothing is said.
  echo 'rgw mp lock max time = 20'
  echo 'rgw enable usage log = false'
} >"$CEPH_CONF"

pids=() gateway=
end() {
  trap - EXIT TERM INT
  for pid in $gateway "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
}
trap end EXIT
trap 'exit 1' TERM INT

wait_for() {
  for _ in $(seq 600); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  echo "not there after 60 s: $*; see $folder/log" >&2
  exit 1
}
# By the shell alone: a small Debian has no curl.
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && read -r -t 5 <&3); }
start_gateway() {
  radosgw --foreground --name client.gateway >>"$folder/log/gateway.out" 2>&1 &
  gateway=$!
  wait_for answers
}

monmaptool --create --fsid "$cluster" --addv a "[v2:127.0.0.1:$((port + 1))]" "$folder/monmap" >/dev/null
ceph-mon --mkfs --id a --monmap "$folder/monmap" >"$folder/log/mkfs.out" 2>&1
ceph-mon --foreground --id a >"$folder/log/mon.out" 2>&1 &
pids+=($!)
wait_for ceph --connect-timeout 5 osd new "$disk"
ceph-osd --mkfs --id 0 --osd-uuid "$disk" >>"$folder/log/mkfs.out" 2>&1
ceph-osd --foreground --id 0 >"$folder/log/osd.out" 2>&1 &
pids+=($!)
is_up() { ceph --connect-timeout 5 osd stat | grep --quiet '1 up'; }
wait_for is_up
start_gateway
radosgw-admin --name client.gateway user create --uid stickers --display-name stickers --access-key stickers --secret-key stickers-secret >>"$folder/log/mkfs.out" 2>&1
echo ready

while read -r command; do
  case $command in
    kill)
      kill -9 "$gateway"
      wait "$gateway" 2>/dev/null || true
      echo killed
      ;;
    start)
      start_gateway
      echo ready
      ;;
    *) echo "unknown command '$command'" >&2 ;;
  esac
done
