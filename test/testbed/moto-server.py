"""moto's server, in which every machine image exists: whose id is asked for, is there from then on.

An environment names images of its own account. Without this the provider finds none, and no aws_instance can be made.
"""

from moto.ec2.models.amis import Ami, AmiBackend
from moto.server import main

known_images = AmiBackend.describe_images


def describe_images(self, ami_ids=None, **others):
    for ami_id in ami_ids or []:
        if ami_id.startswith("ami-") and ami_id not in self.amis and ami_id not in self.deleted_amis:
            details = {"root_device_type": "ebs", "root_device_name": "/dev/xvda", "architecture": "x86_64"}
            self.amis[ami_id] = Ami(self, ami_id, name=ami_id, virtualization_type="hvm", **details)
    return known_images(self, ami_ids, **others)


AmiBackend.describe_images = describe_images
main()
