# Followers: their agents and their own service. They can register neither a leader nor a seat.
agent_prefix "$CLUSTER-follower-" { policy = "write" }
node_prefix "$CLUSTER-follower-" { policy = "write" }
node_prefix "" { policy = "read" }
service "mesos-follower" { policy = "write" }
service_prefix "" { policy = "read" }
