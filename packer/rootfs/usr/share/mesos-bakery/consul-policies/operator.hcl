# The health report of leaders, and operators who only look.
agent_prefix "" { policy = "read" }
node_prefix "" { policy = "read" }
service_prefix "" { policy = "read" }
operator = "read"
