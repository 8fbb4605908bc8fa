variable "source_ami" {
  type    = string
  default = "ami-00000000000000000"
}

variable "subnet" {
  type    = string
  default = "subnet-00000000000000000"
}

# The machine that stands in for an EC2 instance.
variable "ssh" {
  type    = object({ host = string, port = number, key = string })
  default = { host = "127.0.0.1", port = 22, key = "/dev/null" }
}

source "amazon-ebs" "machine" {
  ami_name      = var.name
  source_ami    = var.source_ami
  subnet_id     = var.subnet
  region        = "us-east-1"
  instance_type = "t3.micro"
  imds_support  = "v2.0"
  deprecate_at  = "2099-01-01T00:00:00Z"
  ami_regions   = ["us-west-2"]

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  tags          = { part = "image" }
  run_tags      = { part = "machine" }
  snapshot_tags = { part = "snapshot" }

  launch_block_device_mappings {
    device_name           = "/dev/xvda"
    volume_size           = 10
    volume_type           = "gp3"
    encrypted             = true
    delete_on_termination = true
  }

  ssh_username         = "debian"
  ssh_host             = var.ssh.host
  ssh_port             = var.ssh.port
  ssh_private_key_file = var.ssh.key
}
