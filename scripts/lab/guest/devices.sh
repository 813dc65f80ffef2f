# shellcheck shell=sh
# Whether the guest's adapter works at all, without any code of ours.

ping_itself() {
  rping -s -a "${lab_address:?}" -C 10 -V &
  server=$!
  sleep 1
  timeout 30 rping -c -a "${lab_address:?}" -C 10 -V -v
  client=$?
  kill "$server" 2> /dev/null
  return "$client"
}

has_active_port() { ibv_devinfo -d rxe0 | tee /dev/stderr | grep -q PORT_ACTIVE; }

counts_packets() { rdma statistic show link rxe0/1 && [ "$(counter sent_pkts)" -gt 0 ]; }

part lab.Devices
check device-is-active has_active_port
check rping ping_itself
check packets-are-counted counts_packets
