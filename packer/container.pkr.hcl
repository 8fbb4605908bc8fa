source "docker" "container" {
  image  = var.container_base
  pull   = length(regexall("^localhost/", var.container_base)) == 0
  commit = true
  changes = [
    "ENTRYPOINT []", # otherwise the shell that Packer ran remains the entry point of the image
    "CMD [\"/sbin/init\"]",
    "STOPSIGNAL SIGRTMIN+3", # the signal that makes systemd shut down
    "LABEL mesos-bakery.image=${var.name}",
    "LABEL mesos-bakery.fingerprint=${var.fingerprint}",
    "LABEL mesos-bakery.architecture=${var.architecture}",
    "LABEL mesos-bakery.version=${var.version}",
  ]
}
