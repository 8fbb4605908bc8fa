source "docker" "container" {
  image   = "localhost/mesos-bakery-base:12"
  pull    = false
  commit  = true
  changes = ["ENTRYPOINT []"] # else the shell that Packer ran stays the image's entry point
}
