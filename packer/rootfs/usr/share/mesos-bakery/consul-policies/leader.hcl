# Leaders: their agents, the nodes of the seats, and the services of a leader. In mixed mode, also that of a follower.
agent_prefix "$CLUSTER-leader-" { policy = "write" }
node_prefix "$CLUSTER-leader-" { policy = "write" }
node_prefix "" { policy = "read" }
service "mesos-leader" { policy = "write" }
service "mesos-follower" { policy = "write" }
service "marathon" { policy = "write" }
service "$ZK_SERVICE" { policy = "write" }
service "$ZK_SERVICE-health" { policy = "write" }
service_prefix "" { policy = "read" }
