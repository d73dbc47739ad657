#!/bin/sh
# kind-cluster.sh ensure | delete | state | check | ports | remove-lost: makes the kind cluster of a stack and prints its
# kubeconfig, takes it away, says what has become of it, whether Docker and kind tell at all, or which of its ports are taken;
# or takes away one that this folder's stack made and no longer knows of. Pulumi runs the first two (components/cluster.ts),
# `npm run up` and its kin the others. It reads
#   CLUSTER      name of the cluster
#   OWNER        id of the stack, drawn once and kept in its state; remove-lost does without
#   STACK        name of the stack; a state that an earlier version has left has none
#   KIND_CONFIG  kind's configuration
#   NODE_IMAGE   node image; empty: kind's own default
#   HOST_PORTS   "key=port" words: ports on 127.0.0.1 that the cluster takes
#   AT_WORK      file with the id of the process that is at work on the cluster
#
# A cluster is ours when the Docker volume $CLUSTER-owner carries our id. The volume is made before the cluster, so that
# one whose making was killed is still known as ours; it lives where the cluster lives, in Docker, and goes with it. It also
# says which folder's stack made it, for the day on which the state is lost and the id with it.
set -eu

node="$CLUSTER-control-plane"
mark="$CLUSTER-owner"
complete=/kind/watchtower-complete # in the node; stands there once the cluster was made to the end
newline='
'
routes=/kind/watchtower-routes # in the node; scripts/lib/node.ts runs it, too

fail() {
  echo "$1" >&2
  exit 1
}

need() {
  command -v docker > /dev/null || fail "Docker is missing: install Docker, start it, and run this command again."
  command -v kind > /dev/null || fail "kind is missing: install kind 0.30 or later (https://kind.sigs.k8s.io), and run this command again."
  ask_docker || {
    [ $? != 124 ] || fail "Docker takes the question and does not answer: restart Docker, and run this command again."
    fail "Docker does not answer: start Docker, and run this command again."
  }
}

# As `timeout 10 docker info` would, which macOS does not have.
ask_docker() {
  node -e '
    const how = { stdio: "ignore", timeout: 10_000, killSignal: "SIGKILL" };
    const { status, signal } = require("node:child_process").spawnSync("docker", ["info"], how);
    process.exit(signal ? 124 : (status ?? 1));
  '
}

# A list that cannot be had must not read as "no cluster": we would put our mark on another's.
exists() {
  clusters=$(kind get clusters 2> /dev/null) || fail "kind cannot list its clusters: see what \`kind get clusters\` says."
  printf '%s\n' "$clusters" | grep -qxF "$CLUSTER"
}

mark_says() {
  docker volume inspect -f "{{ index .Labels \"watchtower.$1\" }}" "$mark" 2> /dev/null
}

is_ours() {
  [ "$(mark_says owner)" = "$OWNER" ]
}

maker() {
  echo "stack ${STACK:-} of $(pwd -P)"
}

was_made_here() {
  [ "$(mark_says made-by)" = "$(maker)" ]
}

# A paused node counts as running to Docker, and answers nothing.
is_running() {
  [ "$(docker inspect -f '{{.State.Status}}' "$node" 2> /dev/null)" = running ]
}

ask_node() {
  docker start "$node" > /dev/null && docker exec "$node" ls "${complete%/*}" # the first is a no-op on a running node
}

# A node that does not tell may be whole, with all its data, and only its port taken: that must not read as "half-made".
is_complete() {
  docker unpause "$node" > /dev/null 2>&1 || true
  tries=1
  until files=$(ask_node 2>&1); do
    [ "$tries" -lt 10 ] || fail "The node $node does not start or does not answer (${files%%"$newline"*}), and was left as it is: mend what Docker says of it, and run this command again; or remove the cluster with its data by \`npm run down\`."
    sleep 1
    tries=$((tries + 1))
  done
  printf '%s\n' "$files" | grep -qxF "${complete##*/}"
}

# When Pulumi is killed, a run of this script lives on for seconds, and its `kind create` would take away, when it fails,
# the cluster that the next run makes. The wait has a bound, since the id may be another process's by now.
wait_for_the_other() {
  other='' waited=0
  [ ! -s "$AT_WORK" ] || read -r other < "$AT_WORK"
  while [ -n "$other" ] && kill -0 "$other" 2> /dev/null && [ "$waited" -lt 120 ]; do
    [ "$waited" -gt 0 ] || echo "Waiting for process $other, which is still at work on the cluster." >&2
    sleep 1
    waited=$((waited + 1))
  done
  echo $$ > "$AT_WORK"
  trap ': > "$AT_WORK"' EXIT
}

# Taken: something answers at the port, or it cannot be bound.
port_is_taken() {
  node -e '
    const net = require("node:net"), at = { host: "127.0.0.1", port: Number(process.argv[1]) };
    const taken = () => process.exit(0);
    net.connect(at, taken).on("error", () =>
      net.createServer().on("error", (e) => process.exit(e.code === "EADDRINUSE" ? 0 : 1)).listen(at, () => process.exit(1)));
  ' "$1"
}

check_ports() {
  taken=
  for word in $HOST_PORTS; do
    key=${word%%=*} port=${word#*=}
    port_is_taken "$port" || continue
    taken="$taken
Port $port on 127.0.0.1 is taken by another program: stop that program, or choose another port with \`pulumi config set $key $((port < 64536 ? port + 1000 : port - 1000))\`."
  done
  [ -z "$taken" ] || fail "Nothing was made.$taken"
}

# For a moment a service still leads to a pod that is gone, and a new service leads nowhere. Such an address has no route in
# the node, so what is sent there would leave by the default route, to whoever has that address on the user's network. As an
# address of the node itself it is refused at once. Where a service has no pod at all, the node says so by ICMP, which Linux
# sends a peer only once a second: Docker's proxy, that peer for all senders, would keep the others' requests, and hand them
# over when there is a pod again, long after they were sent anew.
keep_pod_traffic_inside() {
  write_in_node 755 "$routes" << 'SCRIPT'
#!/bin/sh
echo 0 > /proc/sys/net/ipv4/icmp_ratemask
# kind's pods and services. A pod that is there has a route of its own, which comes first; in the table of local routes this would.
ip route replace local 10.244.0.0/16 dev lo table main &&
  exec ip route replace local 10.96.0.0/16 dev lo table main
SCRIPT
  write_in_node 644 /etc/systemd/system/kubelet.service.d/20-watchtower.conf << UNIT
[Service]
ExecStartPre=-$routes
UNIT
  docker exec "$node" "$routes"
}

write_in_node() {
  docker exec -i "$node" install -D -m "$1" /dev/stdin "$2"
}

create() {
  check_ports
  docker volume rm "$mark" > /dev/null 2>&1 || true # of a stack whose cluster is gone
  docker volume create --label "watchtower.owner=$OWNER" --label "watchtower.made-by=$(maker)" "$mark" > /dev/null
  printf '%s\n' "$KIND_CONFIG" | kind create cluster --name "$CLUSTER" ${NODE_IMAGE:+--image "$NODE_IMAGE"} --config - >&2 || {
    # kind takes away what it could not finish, but not when it is killed: then the mark says whose the rest is.
    exists || docker volume rm "$mark" > /dev/null 2>&1 || true
    exit 1
  }
  docker update --restart unless-stopped "$node" > /dev/null # kind's own policy leaves it off after Docker is restarted
  keep_pod_traffic_inside
  docker exec "$node" touch "$complete"
}

ensure() {
  need
  wait_for_the_other
  if ! exists; then
    create
  elif ! is_ours && was_made_here; then
    fail "The kind cluster $CLUSTER was made by the $(maker), whose state is lost: \`npm run down\` removes it with its data, and \`npm run up\` makes it anew."
  elif ! is_ours; then
    whose=$(mark_says made-by) || true
    fail "A kind cluster named $CLUSTER is there already and belongs to ${whose:-something else}: remove it with \`kind delete cluster --name $CLUSTER\`, or run inside it with \`pulumi config set kubeContext kind-$CLUSTER\`."
  elif ! is_complete; then
    echo "The cluster was left half-made; making it again." >&2
    kind delete cluster --name "$CLUSTER" >&2
    create
  else
    keep_pod_traffic_inside # of a cluster that an earlier version made
  fi
  kind get kubeconfig --name "$CLUSTER"
}

delete() {
  need
  wait_for_the_other
  if exists && ! is_ours; then
    echo "The kind cluster $CLUSTER is not this stack's: left as it is." >&2
    return
  fi
  kind delete cluster --name "$CLUSTER" >&2
  docker volume rm "$mark" > /dev/null 2>&1 || true
}

state() {
  need
  if ! exists; then
    echo gone
  elif ! is_ours; then
    if was_made_here; then echo lost; else echo foreign; fi
  elif ! is_running; then
    echo stopped
  elif is_complete; then
    echo running
  else
    echo half-made
  fi
}

# What delete needs, and no more: a cluster whose node does not answer can be taken away.
check() {
  need
  exists || true
}

# "key port free" or "key port taken", one a line.
ports() {
  for word in $HOST_PORTS; do
    if port_is_taken "${word#*=}"; then use=taken; else use=free; fi
    echo "${word%%=*} ${word#*=} $use"
  done
}

# Without Docker or kind there is no cluster of ours; a Docker that does not answer may have one.
remove_lost() {
  command -v docker > /dev/null && command -v kind > /dev/null || return 0
  need
  wait_for_the_other
  if was_made_here; then
    kind delete cluster --name "$CLUSTER" >&2
    docker volume rm "$mark" > /dev/null
    echo removed
  elif exists; then
    echo foreign
  fi
}

case "${1:-}" in
  ensure | delete | state | check | ports) "$1" ;;
  remove-lost) remove_lost ;;
  *) fail "usage: kind-cluster.sh ensure | delete | state | check | ports | remove-lost" ;;
esac
