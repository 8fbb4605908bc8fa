# A minimal build: one provisioner, on an EC2 instance and in a container.

variable "name" {
  type        = string
  description = "The name of the image."
}

build {
  sources = ["source.amazon-ebs.machine", "source.docker.container"]

  provisioner "shell" {
    inline = ["sudo sh -c 'echo ${var.name} by ${source.type} > /etc/baked'"]
  }

  post-processor "docker-tag" {
    only       = ["docker.container"]
    repository = "localhost/${var.name}"
    tags       = ["1"]
  }
}
