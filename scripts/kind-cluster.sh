#!/bin/sh
# kind-cluster.sh ensure | delete: makes the kind cluster of a stack and prints its kubeconfig, or takes it away.
# Pulumi runs it (components/cluster.ts). It reads
#   CLUSTER      name of the cluster
#   OWNER        id of the stack, drawn once and kept in its state
#   KIND_CONFIG  kind's configuration
#   NODE_IMAGE   node image; empty: kind's own default
#   HOST_PORTS   "key=port" words: ports on 127.0.0.1 that the cluster takes
#
# A cluster is ours when the Docker volume $CLUSTER-owner carries our id. The volume is made before the cluster, so that
# one whose making was killed is still known as ours; it lives where the cluster lives, in Docker, and goes with it.
set -eu

node="$CLUSTER-control-plane"
mark="$CLUSTER-owner"
complete=/kind/watchtower-complete # in the node; stands there once the cluster was made to the end

fail() {
  echo "$1" >&2
  exit 1
}

need() {
  command -v docker > /dev/null || fail "Docker is missing: install Docker, start it, and run this command again."
  command -v kind > /dev/null || fail "kind is missing: install kind 0.30 or later (https://kind.sigs.k8s.io), and run this command again."
  docker info > /dev/null 2>&1 || fail "Docker does not answer: start Docker, and run this command again."
}

# A list that cannot be had must not read as "no cluster": we would put our mark on another's.
exists() {
  clusters=$(kind get clusters 2> /dev/null) || fail "kind cannot list its clusters: see what \`kind get clusters\` says."
  printf '%s\n' "$clusters" | grep -qxF "$CLUSTER"
}

is_ours() {
  [ "$(docker volume inspect -f '{{ index .Labels "watchtower.owner" }}' "$mark" 2> /dev/null)" = "$OWNER" ]
}

is_complete() {
  docker start "$node" > /dev/null 2>&1 # a no-op on a running node
  docker exec "$node" test -e "$complete" 2> /dev/null
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

create() {
  check_ports
  docker volume rm "$mark" > /dev/null 2>&1 || true # of a stack whose cluster is gone
  docker volume create --label "watchtower.owner=$OWNER" "$mark" > /dev/null
  printf '%s\n' "$KIND_CONFIG" | kind create cluster --name "$CLUSTER" ${NODE_IMAGE:+--image "$NODE_IMAGE"} --config - >&2
  docker update --restart unless-stopped "$node" > /dev/null # kind's own policy leaves it off after Docker is restarted
  docker exec "$node" touch "$complete"
}

ensure() {
  need
  if ! exists; then
    create
  elif ! is_ours; then
    fail "A kind cluster named $CLUSTER is there already and belongs to something else: remove it with \`kind delete cluster --name $CLUSTER\`, or run inside it with \`pulumi config set kubeContext kind-$CLUSTER\`."
  elif ! is_complete; then
    echo "The cluster was left half-made; making it again." >&2
    kind delete cluster --name "$CLUSTER" >&2
    create
  fi
  kind get kubeconfig --name "$CLUSTER"
}

delete() {
  need
  if exists && ! is_ours; then
    echo "The kind cluster $CLUSTER is not this stack's: left as it is." >&2
    return
  fi
  kind delete cluster --name "$CLUSTER" >&2
  docker volume rm "$mark" > /dev/null 2>&1 || true
}

case "${1:-}" in
  ensure | delete) "$1" ;;
  *) fail "usage: kind-cluster.sh ensure | delete" ;;
esac
