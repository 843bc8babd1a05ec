import { cloud } from "../../support/aws-stacks";
import type { Draft } from "../../support/environments";
import { dropCluster } from "../../support/environments";
import { ref } from "../../support/terraform";

const INSTANCE = "aws_db_instance.database_callhome";
const GROUP = "aws_security_group.database_callhome";

/** Private zones but that of the machines, which have one of their own. */
const zonesOf = (stack: ReturnType<typeof cloud>) =>
  Object.keys(stack.all("aws_route53_zone")).filter((name) => name !== "machines");

/** The cloud stack, with the database's entry changed. */
const changed = (change: (database: Draft) => void) => cloud((draft) => change(draft.databases.callhome));

describe("a database of RDS", () => {
  test("is what the environment says", () => {
    expect(cloud().at(INSTANCE)).toMatchObject({
      identifier: "aws-callhome",
      engine: "postgres",
      engine_version: "17",
      instance_class: "db.t4g.medium",
      db_name: "callhome",
      port: 5432,
      allocated_storage: 50,
      max_allocated_storage: 100,
      backup_retention_period: 14,
    });
  });

  test("is encrypted, private, in two zones, and restored to any moment", () => {
    expect(cloud().at(INSTANCE)).toMatchObject({
      storage_encrypted: true,
      publicly_accessible: false,
      multi_az: true,
      backup_retention_period: 14,
      copy_tags_to_snapshot: true,
    });
  });

  test("is in one zone where that is said", () => {
    expect(changed((database) => (database.multiAz = false)).at(INSTANCE).multi_az).toBe(false);
  });

  test("has an administrator whose password AWS makes: none is in a state or a plan", () => {
    const { manage_master_user_password, username, ...others } = cloud().at(INSTANCE);
    expect({ manage_master_user_password, username }).toEqual({
      manage_master_user_password: true,
      username: "bastide_admin",
    });
    expect(Object.keys(others).filter((key) => key.includes("password"))).toEqual([]);
    expect(cloud().json).not.toHaveProperty("output");
  });

  test("is kept when its description goes away", () => {
    expect(cloud().at(INSTANCE)).toMatchObject({
      deletion_protection: true,
      delete_automated_backups: false,
      skip_final_snapshot: false,
      lifecycle: { prevent_destroy: true },
    });
  });

  test("leaves a last snapshot whose name no earlier database of its name has taken", () => {
    expect(cloud().at(INSTANCE).final_snapshot_identifier).toBe(`aws-callhome-final-${ref(`${GROUP}.id`)}`);
  });

  test("goes without a trace where that is said", () => {
    const disposable = changed((database) => (database.removal = "destroy")).at(INSTANCE);
    expect(disposable).toMatchObject({
      deletion_protection: false,
      delete_automated_backups: true,
      skip_final_snapshot: true,
    });
    expect(disposable).not.toHaveProperty("lifecycle");
    expect(disposable).not.toHaveProperty("final_snapshot_identifier");
  });

  test("gets minors by itself, and a major only by somebody's decision", () => {
    expect(cloud().at(INSTANCE)).toMatchObject({
      auto_minor_version_upgrade: true,
      allow_major_version_upgrade: false,
      apply_immediately: false,
    });
  });

  test("takes another major, with the settings of that major, where somebody allows it", () => {
    const stack = changed((database) => Object.assign(database, { version: "18", allowMajorUpgrade: true }));
    expect(stack.at(INSTANCE)).toMatchObject({ engine_version: "18", allow_major_version_upgrade: true });
    expect(stack.at("aws_db_parameter_group.database_callhome")).toMatchObject({
      name: "aws-callhome-postgres18",
      family: "postgres18",
      lifecycle: { create_before_destroy: true },
    });
  });

  test("lets in the nodes of the cluster and nobody else, at its port", () => {
    const rules = Object.entries(cloud().all("aws_vpc_security_group_ingress_rule")).filter(
      ([, { security_group_id }]) => security_group_id === ref(`${GROUP}.id`),
    );
    expect(rules.map(([name]) => name)).toEqual(["database_callhome_from_nodes"]);
    expect(rules[0]?.[1]).toMatchObject({
      referenced_security_group_id: ref("aws_eks_cluster.main.vpc_config[0].cluster_security_group_id"),
      ip_protocol: "tcp",
      from_port: 5432,
      to_port: 5432,
    });
    expect(cloud().at(INSTANCE).vpc_security_group_ids).toEqual([ref(`${GROUP}.id`)]);
  });

  test("lets nobody in where there is no cluster", () => {
    const stack = cloud(dropCluster);
    const rules = Object.values(stack.all("aws_vpc_security_group_ingress_rule"));
    expect(rules.map(({ security_group_id }) => security_group_id)).not.toContain(ref(`${GROUP}.id`));
    expect(stack.has("aws_db_instance")).toBe(true);
  });

  test("is in the private subnets of all zones", () => {
    expect(cloud().at("aws_db_subnet_group.database_callhome").subnet_ids).toEqual(
      ["a", "b", "c"].map((zone) => ref(`aws_subnet.private_${zone}.id`)),
    );
  });

  test("takes TLS alone, and acknowledges only what is stored", () => {
    const { family, parameter, lifecycle } = cloud().at("aws_db_parameter_group.database_callhome");
    expect(family).toBe("postgres17");
    expect(parameter).toContainEqual({ name: "rds.force_ssl", value: "1" });
    expect(parameter).toContainEqual({ name: "synchronous_commit", value: "on" });
    expect(lifecycle).toEqual({ create_before_destroy: true });
  });

  test("has other parameters, by another name, for another major", () => {
    const group = (version: string) =>
      changed((database) => (database.version = version)).at("aws_db_parameter_group.database_callhome");
    expect(group("18")).toMatchObject({ name: "aws-callhome-postgres18", family: "postgres18" });
    expect(changed((database) => (database.version = "18")).at(INSTANCE).engine_version).toBe("18");
  });

  test("is found inside the VPC under a name that the model knows", () => {
    expect(cloud().at("aws_route53_record.database_callhome")).toEqual({
      zone_id: ref("aws_route53_zone.databases.zone_id"),
      name: "callhome.databases.acme.example",
      type: "CNAME",
      ttl: 60,
      records: [ref(`${INSTANCE}.address`)],
    });
    expect(cloud().at("aws_route53_zone.databases")).toMatchObject({
      name: "databases.acme.example",
      vpc: [{ vpc_id: ref("aws_vpc.main.id") }],
    });
  });

  test("shares the zone of names with the others", () => {
    const two = cloud((draft) => {
      draft.databases.wiki = { ...draft.databases.callhome, database: "wiki", user: "wiki" };
    });
    expect(zonesOf(two)).toEqual(["databases"]);
    expect(Object.keys(two.all("aws_db_instance"))).toEqual(["database_callhome", "database_wiki"]);
  });

  test("leaves nothing behind where there is none", () => {
    const none = cloud((draft) => {
      delete draft.databases;
      delete draft.callhome;
    });
    expect(none.has("aws_db_instance")).toBe(false);
    expect(zonesOf(none)).toEqual([]);
  });
});
