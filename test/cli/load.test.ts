import { WrongUsage } from "../../cli/exit";
import { loadTarget } from "../../cli/load";

describe("the place that charts come from", () => {
  const placeOf = (place: string) => loadTarget({ BASTIDE_CHARTS: place }).charts;

  test.each(["oci://harbor.example.com/charts", "oci://harbor.example.com:8443/it/charts/", "oci://localhost:5000"])(
    "is the registry %s",
    (mirror) => expect(placeOf(mirror)).toEqual({ mirror }),
  );

  test.each([".cache/charts", "/srv/charts", "charts:2026", "C:/charts"])("is the folder %s", (directory) =>
    expect(placeOf(directory)).toEqual({ directory }),
  );

  test.each(["https://charts.example.com", "oci://", "oci:///charts", "oci:/charts", "OCI://harbor.example.com"])(
    "fails for %s, which is neither",
    (place) =>
      expect(() => placeOf(place)).toThrow(
        new WrongUsage(
          `BASTIDE_CHARTS is ${place}: charts are taken from a folder of archives, or from a registry by oci://: write it like oci://harbor.example.com/charts, or fill a folder with npm run charts:pull -- --to FOLDER`,
        ),
      ),
  );
});
