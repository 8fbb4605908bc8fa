"""Stand-ins for the daemons of Apache Mesos 1.11.0 and Marathon. They are for tests only, and do not run tasks."""
