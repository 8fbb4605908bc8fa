source "docker" "container" {
  image   = "localhost/mesos-bakery-base:12"
  pull    = false
  commit  = true
  changes = ["ENTRYPOINT []"] # otherwise the shell that Packer ran remains the entry point of the image
}
