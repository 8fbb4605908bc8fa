/* A stand-in for libmesos.so. Marathon looks for the Java bindings in it; they are represented by their name. */
#ifdef JAVA
void Java_org_apache_mesos_MesosSchedulerDriver_initialize(void) {}
#else
void mesos(void) {}
#endif
