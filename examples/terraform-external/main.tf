# Renders the user data whenever Terraform plans. No rendered files are stored, so the user data is always up to date.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
    external = {
      source  = "hashicorp/external"
      version = ">= 2.3"
    }
  }
}

variable "image_id" {
  description = "The AMI of the leaders."
  type        = string
}

data "external" "mesos" {
  program = ["npx", "mesos-bakery", "render", "--inventory", "${path.module}/inventory.yaml", "--format", "terraform-external"]
}

resource "aws_instance" "leader" {
  for_each                    = { for name, data in data.external.mesos.result : name => data if length(regexall("-leader-\\d+$", name)) > 0 }
  ami                         = var.image_id
  instance_type               = "m6i.large"
  user_data_base64            = each.value
  user_data_replace_on_change = true
  tags                        = { Name = each.key }
}
