"""moto's server, with what moto 5.2.5 lacks, forgets or invents put right, as far as our stacks meet it.

Without this no aws_instance can be made, and a second plan would replace the cluster and its node groups.
"""

from threading import Lock

from moto.ec2.models.amis import Ami, AmiBackend
from moto.ec2.models.instances import Instance
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule
from moto.ec2 import ec2_backends
from moto.eks.models import EKSBackend
from moto.eks.responses import EKSResponse
from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.rds.models import DBParameterGroup
from moto.route53.responses import Route53 as Route53Response
from moto.server import main

known_images = AmiBackend.describe_images
create_version = LaunchTemplate.create_version


def describe_images(self, ami_ids=None, **others):
    """Every image whose id is asked for is there from then on: an environment names images of its own account."""
    for ami_id in ami_ids or []:
        if ami_id.startswith("ami-") and ami_id not in self.amis and ami_id not in self.deleted_amis:
            details = {"root_device_type": "ebs", "root_device_name": "/dev/xvda", "architecture": "x86_64"}
            self.amis[ami_id] = Ami(self, ami_id, name=ami_id, virtualization_type="hvm", **details)
    return known_images(self, ami_ids, **others)


def create_version_without_own_tags(self, data, description):
    """moto takes a launch template's own tags for tags of the instances, and so describes a template that nobody made."""
    tags = [spec for spec in data.get("TagSpecifications", []) if spec["ResourceType"] != "launch-template"]
    return create_version(self, {**data, "TagSpecifications": tags}, description)


prepare_interfaces = Instance.prep_nics


def prepare_interfaces_with_groups(self, *arguments, **others):
    """An instance at an address of its own is asked for by its interface, whose groups moto forgets to take for the instance's."""
    prepare_interfaces(self, *arguments, **others)
    self.security_groups = self.security_groups or list(self.nics[0]._group_set)


def description_of(rule):
    """A rule that names a group instead of a block has its description there."""
    return rule.ip_range.get("Description") or rule.source_group.get("Description")


def remember(operation, made_by, fields):
    """What a request to make something says in `fields` is kept, and described from then on."""
    make = getattr(EKSResponse, operation)

    def wrapped(self):
        result = make(self)
        for parameter, attribute in fields.items():
            setattr(made_by(self), attribute, self._get_param(parameter))
        return result

    setattr(EKSResponse, operation, wrapped)


def cluster_of(request):
    return request.eks_backend.clusters[request._get_param("name")]


def node_group_of(request):
    return cluster_of(request).nodegroups[request._get_param("nodegroupName")]


create_cluster = EKSBackend.create_cluster


def create_cluster_with_group(self, name, role_arn, resources_vpc_config, **others):
    """EKS makes a security group for the nodes; here it is the default group of the VPC, which goes with the VPC."""
    ec2 = ec2_backends[self.account_id][self.region_name]
    subnets = ec2.describe_subnets(subnet_ids=resources_vpc_config["subnetIds"][:1])
    group = ec2.get_default_security_group(subnets[0].vpc_id)
    config = {**resources_vpc_config, "clusterSecurityGroupId": group.id}
    return create_cluster(self, name, role_arn, config, **others)


modify_rules = SecurityGroupBackend.modify_security_group_rules


def modify_rules_without_ports(self, group_id, rules):
    """A rule for every protocol has no ports; moto asks for them when it is changed, though not when it is made."""
    portless = [name for name, rule in rules.items() if rule.get("IpProtocol") == "-1" and rule.get("FromPort") is None]
    modify_rules(self, group_id, {
        name: {**rule, "FromPort": -1, "ToPort": -1} if name in portless else rule for name, rule in rules.items()
    })
    for name in portless:
        rule = self.get_security_group_by_name_or_id(group_id).get_rule(name)
        rule.from_port = rule.to_port = None


judge = IAMPolicyStatement.is_action_permitted


def judge_as_over_tls(self, *request, **others):
    """Who refuses what does not come by TLS refuses nobody, as AWS is reached; moto takes a condition that it cannot ask for a refusal."""
    without_tls = {"Bool": {"aws:SecureTransport": "false"}}
    if self._statement["Effect"] == "Deny" and self._statement.get("Condition") == without_tls:
        return PermissionResult.NEUTRAL
    return judge(self, *request, **others)


create_hosted_zone = Route53Response.create_hosted_zone
update_parameters = DBParameterGroup.update_parameters


def create_hosted_zone_of_vpc(self):
    """A zone that is made for a VPC is private; moto wants to be told so, and forgets the VPC otherwise."""
    if self._get_param("VPC.VPCId"):
        self._get_bool_param = lambda *_: True
    return create_hosted_zone(self)


def update_parameters_of_user(self, new_parameters):
    """Who set a parameter is not told by moto, and so Terraform takes it for the engine's default."""
    update_parameters(self, [{**parameter, "Source": "user"} for parameter in new_parameters])


one_at_a_time = Lock()
answer = DomainDispatcherApplication.__call__


def answer_alone(self, environ, start_response):
    """What moto remembers are dictionaries without locks: two threads in them may end one request halfway, and its second try finds the thing made."""
    with one_at_a_time:
        return answer(self, environ, start_response)


AmiBackend.describe_images = describe_images
DomainDispatcherApplication.__call__ = answer_alone
Instance.prep_nics = prepare_interfaces_with_groups
IAMPolicyStatement.is_action_permitted = judge_as_over_tls
DBParameterGroup.update_parameters = update_parameters_of_user
Route53Response.create_hosted_zone = create_hosted_zone_of_vpc
EKSBackend.create_cluster = create_cluster_with_group
LaunchTemplate.create_version = create_version_without_own_tags
SecurityGroupBackend.modify_security_group_rules = modify_rules_without_ports
SecurityGroupRule.description = property(description_of)
remember("create_cluster", cluster_of, {"accessConfig": "access_config", "upgradePolicy": "upgrade_policy"})
# moto invents a key for SSH where none is asked for, which Terraform would then take away.
remember("create_nodegroup", node_group_of, {"updateConfig": "update_config", "remoteAccess": "remote_access"})
main()
