/* A stand-in for libmesos.so: Marathon looks for the Java bindings in it, and finds their name. */
void Java_org_apache_mesos_MesosSchedulerDriver_initialize(void) {}
