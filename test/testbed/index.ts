export { writeKubeconfigAs } from "./kubeconfig";
export { debianPackages, missing, type Prerequisite } from "./missing";
export { applyNodes, type FakeNode, removeNodes } from "./nodes";
export type { Level } from "./record";
export { type StartTestbedProps, type Step, startTestbed } from "./start-testbed";
export { statuses } from "./status";
export { takeDown } from "./take-down";
export { openTestbed, type Testbed } from "./testbed";
export { MissingPrerequisites, TestbedError } from "./testbed-error";
