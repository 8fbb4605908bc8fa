source "docker" "container" {
  image  = var.container_base
  pull   = length(regexall("^localhost/", var.container_base)) == 0
  commit = true
  changes = [
    "ENTRYPOINT []", # else the shell that Packer ran stays the image's entry point
    "CMD [\"/sbin/init\"]",
    "STOPSIGNAL SIGRTMIN+3", # what systemd takes for an order to shut down
    "LABEL mesos-bakery.image=${var.name}",
    "LABEL mesos-bakery.fingerprint=${var.fingerprint}",
    "LABEL mesos-bakery.architecture=${var.architecture}",
    "LABEL mesos-bakery.version=${var.version}",
  ]
}
