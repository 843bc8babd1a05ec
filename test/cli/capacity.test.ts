import { capacityRows } from "../../cli/capacity";
import { platformOf } from "../support/kubernetes";

/** What the table says of the room of each class. */
const roomOf = (rows: string[][]) => Object.fromEntries(rows.map(([name, , , , room]) => [name, room]));

test("the room of a class on a file server is that of its disk, and not known where nobody describes one", () => {
  const withDisk = (disks: object) =>
    roomOf(
      capacityRows(
        platformOf("onprem", (draft) => {
          draft.machines["nfs-1"].disks = disks;
          draft.services.files.exports = { volumes: { rootSquash: false } };
        }),
      ),
    ).nfs;
  expect(withDisk({ "/dev/disk/by-id/x": { size: "1Ti", use: "data" } })).toBe("1Ti");
  expect(withDisk({})).toBe("not known");
});

test("volumes of AWS have room for whoever pays", () => {
  expect(roomOf(capacityRows(platformOf("aws")))).toEqual({ "gp3 *": "as paid for" });
});
