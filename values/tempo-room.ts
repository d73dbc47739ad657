import { reloaderImage } from "./alloy-reloader";
import { ADDRESS, RESTRICTED } from "./shared";
import { SIZE } from "./sizes";

/** Names that Tempo's pod knows the container, its folder and its page by. */
export const ROOM = { container: "room", volume: "room", folder: "/room", port: 3201, page: "ready" };

/** Mebibytes of the volume. */
export const MEBIBYTES = {
  /** With less than this free it is looked at more often: a fast disk fills that much in a second. */
  watchBelow: 512,
  /** With less than this free, Tempo takes no more spans. */
  closeBelow: 64,
  /** Given back when nothing is left, so that Tempo can write what it still takes until the service leads nowhere. */
  reserve: 16,
  /** With this free it takes spans again. */
  openFrom: 128,
};

/**
 * So long after its door was closed, or its pod was deleted, Tempo goes on. A Tempo that ends answers a span with HTTP 500,
 * and that is for good: Alloy throws the span away. Until the service leads nowhere it took 1.5 to 3.3 s, in ten tries
 * under load, five of them on busy cores.
 */
export const GOES_ON_SECONDS = 10;

const LOOK_EVERY_SECONDS = 0.5;
/** Tempo writes every second, and what it cannot write then is lost: that time has to be short. */
const WATCH_EVERY_SECONDS = 0.1;

/**
 * What the container runs.
 * @param storage Tempo's volume
 * @param folder a folder of its own
 * @param tempo Tempo's HTTP address, as this container sees it
 */
export function roomScript({
  storage,
  folder,
  tempo,
}: Record<"storage" | "folder" | "tempo", string>): string {
  const { watchBelow, closeBelow, reserve, openFrom } = MEBIBYTES;
  const looksOnceClosed = GOES_ON_SECONDS / LOOK_EVERY_SECONDS;
  return `\
trap exit TERM
# Whether Tempo has taken spans since it was started, whether room was short since the door was open, whether a write may have
# failed since, looks since that, and when the Tempo was started whose write it was.
used= short= failed= looks=0 broken=
reserve() {
  [ -e ${storage}/reserve ] && return
  dd if=/dev/zero of=${storage}/reserve.new bs=1M count=${reserve} 2> /dev/null && mv ${storage}/reserve.new ${storage}/reserve
}
ask() {
  wget -q -T 5 -O - ${tempo}$1
}
cd ${folder}
rm -f ${ROOM.page}
httpd -p ${ROOM.port} || exit
while true; do
  set -- $(stat -f -c '%a %S' ${storage})
  free=$(($1 * $2 / 1048576))
  if [ $free -lt ${closeBelow} ]; then
    short=yes
    if rm ${ROOM.page} 2> /dev/null; then echo "$free MiB free: Tempo takes no spans until there are ${openFrom}"; fi
    # Not sooner: what fills the volume would take that, too.
    if [ $free -eq 0 ]; then
      rm -f ${storage}/reserve
      failed=$used
    fi
  elif [ ! -e ${ROOM.page} ] && [ ! "$failed" ] && { [ $free -ge ${openFrom} ] || { [ ! "$short" ] && [ -e ${storage}/reserve ]; }; } && reserve; then
    touch ${ROOM.page}
    used=yes short=
    echo "$free MiB free: Tempo takes spans"
  fi
  # What it could not write leaves its open block broken until it starts again, and it would drop all that comes.
  if [ "$failed" ]; then
    looks=$((looks + 1))
    started=$(ask /metrics | grep '^process_start_time_seconds ')
    if [ ! "$broken" ]; then
      broken=$started
    elif [ "$started" ] && [ "$started" != "$broken" ]; then
      echo "Tempo has begun anew"
      used= failed= looks=0 broken=
    elif [ $((looks % ${looksOnceClosed})) -eq 0 ]; then
      ask /shutdown > /dev/null
    fi
  fi
  if [ $free -lt ${watchBelow} ] && [ ! "$failed" ]; then sleep ${WATCH_EVERY_SECONDS}; else sleep ${LOOK_EVERY_SECONDS}; fi
done
`;
}

/**
 * The sidecar that closes Tempo's door while its volume is short of room: Tempo answers that it took a span before it writes
 * it, and where it cannot write it drops it. A pod that is not ready gets nothing, so the spans stay in Alloy's queue. Its
 * image is the reloader's, which is in the node already and has a shell; Tempo's has none.
 */
export function roomContainer(imageRegistry: string | undefined) {
  const storage = "/var/tempo";
  const tempo = `http://localhost:${new URL(ADDRESS.tempo).port}`;
  return {
    name: ROOM.container,
    image: reloaderImage(imageRegistry),
    command: ["sh", "-c", roomScript({ storage, folder: ROOM.folder, tempo })],
    readinessProbe: {
      httpGet: { path: `/${ROOM.page}`, port: ROOM.port },
      periodSeconds: 1,
      failureThreshold: 1, // when the pod is deleted the door has to be closed soon
      timeoutSeconds: 5, // a node that is busy may be late with an answer
    },
    resources: SIZE.tempoRoom,
    securityContext: { ...RESTRICTED, readOnlyRootFilesystem: true },
    volumeMounts: [
      { name: "storage", mountPath: storage },
      { name: ROOM.volume, mountPath: ROOM.folder },
    ],
  };
}
