import { Platform } from "../../platform/platform";
import { DataStack } from "../../stacks/data-stack";
import { awsPlatform, data } from "../support/aws-stacks";
import { examples } from "../support/environments";

test("an environment in AWS has a data stack, without a bucket too, so that the removal of the last one is planned", () => {
  expect(DataStack.wants(awsPlatform())).toBe(true);
  expect(DataStack.wants(awsPlatform((draft) => (draft.storage.buckets = {})))).toBe(true);
  expect(DataStack.wants(Platform.of(examples.local))).toBe(false);
});

test("has every bucket of the environment", () => {
  const stack = data((draft) => (draft.storage.buckets.images = { purpose: "images of Harbor" }));

  expect(Object.keys(stack.all("aws_s3_bucket")).sort()).toEqual(["backups", "images"]);
});

test("needs nothing of another stack", () => {
  const { json } = data();

  expect(json).not.toHaveProperty("data");
  expect(JSON.stringify(json)).not.toContain("terraform_remote_state");
});
