locals {
  title = coalesce(var.title, "${var.name}-${var.architecture}-${substr(var.fingerprint, 0, 12)}")
}

source "amazon-ebs" "machine" {
  ami_name        = local.title
  ami_description = "mesos-bakery ${var.version}: ${var.name} for ${var.architecture}, cgroups ${var.cgroups}"
  region          = var.region
  ami_regions     = var.copy_regions
  deprecate_at    = var.deprecate_at
  source_ami      = var.source_ami
  instance_type   = var.instance_type
  subnet_id       = var.subnet_id
  ena_support     = true
  imds_support    = "v2.0" # applies to instances launched from the image

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  # Every resource is tagged in the call that creates it.
  tags            = var.tags
  snapshot_tags   = var.tags
  run_tags        = merge(var.run_tags, { Name = "bake ${local.title}" })
  run_volume_tags = var.run_tags

  launch_block_device_mappings {
    device_name           = var.root_device
    volume_size           = 10
    volume_type           = "gp3"
    encrypted             = true
    delete_on_termination = true
  }

  temporary_key_pair_type = "ed25519"
  ssh_username            = var.ssh.username
  ssh_host                = var.ssh.host
  ssh_port                = var.ssh.port
  ssh_private_key_file    = var.ssh.key

  custom_endpoint_ec2        = var.ec2_endpoint
  skip_region_validation     = var.ec2_endpoint != ""
  skip_metadata_api_check    = var.ec2_endpoint != ""
  skip_credential_validation = var.ec2_endpoint != ""
}
