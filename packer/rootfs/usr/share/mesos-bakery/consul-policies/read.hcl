# DNS, and the programs that look up names.
node_prefix "" { policy = "read" }
service_prefix "" { policy = "read" }
