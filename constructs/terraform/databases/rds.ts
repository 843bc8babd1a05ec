import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { RDS_ADMINISTRATOR, type RdsDatabase } from "../../../platform/databases";
import { postgresReleases } from "../../../platform/versions/postgres";
import type { Network } from "../network/network";
import type { PrivateZone } from "../network/private-zone";
import { lifecycleOf } from "../shared/removal";

export interface RdsProps {
  readonly database: RdsDatabase;
  readonly network: Network;
  /** Where the database's own name is. */
  readonly zone: PrivateZone;
  /** Security group of the nodes of the cluster; nobody else may connect. @default - there is no cluster */
  readonly nodesGroupId?: string;
}

const SECONDS_PER_DAY = 86_400;

/** Seconds for which a client remembers where the database is; AWS itself says five. */
const NAME_TTL = 60;

/** Statements that take longer than this are logged, in milliseconds. */
const SLOW_STATEMENT = 1000;

/** The authority that signs RDS certificates, valid until 2061; the regional bundle contains it. Source: RDS user guide. */
const AUTHORITY = "rds-ca-rsa2048-g1";

/**
 * A PostgreSQL server of RDS in the private subnets, reached by the nodes alone. AWS makes, keeps and changes its administrator's
 * password in Secrets Manager, so none is in a state or a plan.
 */
export class Rds extends Construct {
  readonly #id: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RdsProps,
  ) {
    super(scope, id);
    this.#id = id;
    const instance = this.addInstance(this.addGroup());
    new Route53Record(this, `${id}:name`, {
      zoneId: props.zone.zoneId,
      name: props.database.host,
      type: "CNAME",
      ttl: NAME_TTL,
      records: [instance.address],
    });
  }

  private addGroup(): SecurityGroup {
    const { database, network, nodesGroupId } = this.props;
    const name = `${database.identifier}-database`;
    const group = new SecurityGroup(this, `${this.#id}:group`, {
      name,
      description: `${name}: the nodes of the cluster may connect`,
      vpcId: network.vpcId,
      tags: { Name: name },
    });
    if (nodesGroupId !== undefined) {
      new VpcSecurityGroupIngressRule(this, `${this.#id}_from_nodes`, {
        securityGroupId: group.id,
        description: "Nodes of the cluster, and the pods on them",
        referencedSecurityGroupId: nodesGroupId,
        ipProtocol: "tcp",
        fromPort: database.port,
        toPort: database.port,
      });
    }
    return group;
  }

  private addInstance(group: SecurityGroup): DbInstance {
    const { database } = this.props;
    const { identifier, removal, version, storage, storageMost, keepBackups } = database;
    const kept = removal === "keep";
    return new DbInstance(this, this.#id, {
      identifier,
      engine: "postgres",
      engineVersion: version,
      instanceClass: database.instanceClass,
      dbName: database.database,
      port: database.port,
      username: RDS_ADMINISTRATOR,
      manageMasterUserPassword: true,
      storageType: "gp3",
      allocatedStorage: storage.wholeGibibytes,
      maxAllocatedStorage: storageMost.wholeGibibytes,
      storageEncrypted: true,
      multiAz: database.multiAz,
      dbSubnetGroupName: this.addSubnetGroup().name,
      vpcSecurityGroupIds: [group.id],
      publiclyAccessible: false,
      caCertIdentifier: AUTHORITY,
      parameterGroupName: this.addParameters().name,
      backupRetentionPeriod: keepBackups.seconds / SECONDS_PER_DAY,
      backupWindow: database.backupWindow,
      maintenanceWindow: database.maintenanceWindow,
      // Minors bring security fixes, in the maintenance window; a major is somebody's decision.
      autoMinorVersionUpgrade: true,
      allowMajorVersionUpgrade: database.allowMajorUpgrade,
      applyImmediately: false,
      copyTagsToSnapshot: true,
      deletionProtection: kept,
      deleteAutomatedBackups: !kept,
      skipFinalSnapshot: !kept,
      // With the id of a thing that AWS makes and removes together with the database: the next one of this name leaves a snapshot of its own.
      finalSnapshotIdentifier: kept ? `${identifier}-final-${group.id}` : undefined,
      lifecycle: lifecycleOf(removal),
      tags: { Name: identifier },
    });
  }

  private addSubnetGroup(): DbSubnetGroup {
    const { database, network } = this.props;
    return new DbSubnetGroup(this, `${this.#id}:subnets`, {
      name: database.identifier,
      description: `Private subnets, for ${database.identifier}`,
      subnetIds: network.zones.map(({ privateSubnetId }) => privateSubnetId),
      // A zone more changes nothing that exists.
      lifecycle: { ignoreChanges: ["subnet_ids"] },
    });
  }

  /** Belongs to one major, so another major gets another group, which must be in use before the old one can go. */
  private addParameters(): DbParameterGroup {
    const { identifier, version } = this.props.database;
    return new DbParameterGroup(this, `${this.#id}:parameters`, {
      name: `${identifier}-postgres${version}`,
      description: `${identifier}: TLS only, acknowledged means stored, slow statements are logged`,
      family: postgresReleases[version].family,
      parameter: [
        { name: "rds.force_ssl", value: "1" },
        { name: "synchronous_commit", value: "on" },
        { name: "log_lock_waits", value: "1" },
        { name: "log_min_duration_statement", value: String(SLOW_STATEMENT) },
      ],
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
