import { sentence } from "../../platform/shared/problems";
import { platformOf } from "../support/kubernetes";

describe("a data disk", () => {
  const warned = (name: string) => {
    const disk = { size: "1Ti", use: "data" };
    const { warnings } = platformOf("onprem", (draft) => (draft.machines[name].disks = { "/dev/disk/by-id/x": disk }));
    return warnings.map(sentence).filter((text) => text.includes("/dev/disk/by-id/x"));
  };

  test("of a role that mounts none is told, for it would be used by nobody", () => {
    expect(warned("gitlab")).toEqual([
      'onprem.machines.gitlab.disks["/dev/disk/by-id/x"] is "data", but the role plain mounts no disk: leave it out, and mount it as until now',
    ]);
  });

  test("of a role that keeps something there needs no word", () => {
    expect(warned("harbor")).toEqual([]);
  });
});
