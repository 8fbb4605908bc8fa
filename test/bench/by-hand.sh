#!/usr/bin/env bash
# Starts all services of a leader by hand, in a container of the image: without units, user data or dependencies, but
# with the files of the user data and the commands of the units.
set -euo pipefail
mkdir -p /run/mesos-bakery /run/dnsmasq /var/lib/consul /var/lib/mesos /var/log/mesos
ln -sfn /var/lib/mesos /run/mesos
# Without a seed, all machines have the same ID; the facts then use the host name.
rm -f /run/cloud-init/instance-data.json
set -a
. /etc/mesos-bakery/node.env
/usr/lib/mesos-bakery/facts
. /run/mesos-bakery/facts.env
/usr/lib/mesos-bakery/resolver
dnsmasq --conf-file=/etc/mesos-bakery/dnsmasq.conf
consul agent -config-file=/etc/mesos-bakery/consul.json -config-dir=/etc/consul.d \
  -config-file=/run/mesos-bakery/consul.json >/var/log/consul.log 2>&1 &
/usr/lib/mesos-bakery/zookeeper-data
. /etc/mesos-bakery/zookeeper.env
java "-Xmx${ZK_SERVER_HEAP}m" -Djava.security.properties=/usr/share/mesos-bakery/names.security \
  -Dzookeeper.fastleader.maxNotificationInterval=4000 -Dzookeeper.jmx.log4j.disable=true \
  -cp /etc/zookeeper/conf:/usr/share/java/zookeeper.jar:/usr/share/java/slf4j-log4j12.jar:/usr/share/java/log4j-1.2.jar \
  org.apache.zookeeper.server.quorum.QuorumPeerMain /etc/zookeeper/conf/zoo.cfg >/var/log/zookeeper.log 2>&1 &
/usr/lib/mesos-bakery/register-seat
/usr/lib/mesos-bakery/await-zookeeper
(
  . /etc/mesos-bakery/mesos-master.env
  exec "$PROGRAM" >/var/log/master.log 2>&1
) &
wait
