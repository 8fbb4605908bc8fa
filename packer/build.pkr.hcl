# A single build for both sources, so that AMIs and containers have the same content.

locals {
  # Runs as root directly in a container, which may not have sudo, and with sudo on an instance.
  as_root = "$(command -v sudo) env {{ .Vars }} bash '{{ .Path }}'"
}

build {
  sources = ["source.amazon-ebs.machine", "source.docker.container"]

  provisioner "shell" {
    inline = ["mkdir -p /tmp/mesos-bakery/artifacts /tmp/mesos-bakery-samples"]
  }

  provisioner "file" {
    content     = <<-EOT
      NAME=${var.name}
      VERSION=${var.version}
      FINGERPRINT=${var.fingerprint}
      CGROUPS=${source.type == "docker" ? "host" : var.cgroups}
    EOT
    destination = "/tmp/mesos-bakery/image.env"
  }

  provisioner "file" {
    content     = join("", [for a in var.artifacts : "${a.name} ${a.kind} ${a.sha256} ${basename(a.file)} ${a.version}\n"])
    destination = "/tmp/mesos-bakery/artifacts.list"
  }

  provisioner "file" {
    sources     = var.artifacts[*].file
    destination = "/tmp/mesos-bakery/artifacts/"
  }

  provisioner "file" {
    source      = "${path.root}/rootfs"
    destination = "/tmp/mesos-bakery"
  }

  # Outside of /tmp/mesos-bakery, which is deleted before verify reads the samples.
  provisioner "file" {
    sources     = [for mode in ["leader", "follower", "mixed"] : "${path.root}/samples/${mode}.yaml"]
    destination = "/tmp/mesos-bakery-samples/"
  }

  provisioner "shell" {
    execute_command = local.as_root
    scripts = [
      for verb in ["packages", "artifacts", "overlay", "cgroups", "services", "cleanup", "verify"] :
      "${path.root}/provision/${verb}.sh"
    ]
  }

  provisioner "file" {
    direction   = "download"
    source      = "/usr/share/mesos-bakery/packages.tsv"
    destination = var.packages_file
  }

  post-processor "docker-tag" {
    only       = ["docker.container"]
    repository = "localhost/mesos-bakery/${var.name}"
    tags       = var.container_tags
  }
}
