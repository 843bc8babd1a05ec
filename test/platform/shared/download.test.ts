import { sentence } from "../../../platform/shared/problems";
import { platformOf } from "../../support/kubernetes";

describe("a download whose digest is a placeholder", () => {
  test("is told in a warning, with the file, and the rest can be planned", () => {
    const warnings = platformOf("onprem").warnings.map(sentence);
    expect(warnings).toContain(
      'onprem.services.images.installer.sha256 is "placeholder", but nobody knows yet what /opt/bastide/harbor-offline-installer-v2.15.2.tgz is, so nothing is applied to its machine: check the file, and write down what sha256sum prints',
    );
  });

  test("is no more told when somebody has written its digest down", () => {
    const { warnings } = platformOf("onprem", ({ services: { images } }) => {
      images.installer.sha256 = images.compose.sha256 = "ab".repeat(32);
    });
    expect(warnings.map(sentence).filter((warning) => warning.includes("services.images"))).toEqual([]);
  });
});
