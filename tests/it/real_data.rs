//! The command on real data: the numbers are those that pandas 3.1 gives for the same files (the expression stands
//! beside each). Skipped, saying so, where the data isn't beside the repository.
#![cfg(all(feature = "datafusion", feature = "cli"))]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

/// What `show METRIC` gives for a plan over one table, as JSON.
fn show(plan: &str, table: &str, data: &Path, arguments: &[&str]) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("plan.goal"), plan).expect("a plan");
    let output = Command::new(env!("CARGO_BIN_EXE_milepost"))
        .current_dir(folder.path())
        .args(["show"])
        .args(arguments)
        .args(["--format", "json", "--data", &format!("{table}={}", data.display()), "plan.goal"])
        .output()
        .expect("the binary runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The only value of a row.
fn value(grid: &Value, key: &str) -> Option<f64> {
    let rows = grid["rows"].as_array().expect("rows");
    let row = rows.iter().find(|r| r["key"] == key).unwrap_or_else(|| panic!("no row {key} in {grid}"));
    row["values"][0].as_f64()
}

/// Equal to 12 digits.
fn close(a: Option<f64>, b: f64) {
    let a = a.expect("a number");
    assert!((a - b).abs() <= 1e-12 * b.abs(), "{a} is not {b}");
}

#[test]
fn net_promoter_score_of_a_survey() {
    let Some(data) = shared("nps/responses.csv") else { return };
    let plan = "table responses from \"responses.csv\"\nmetric promoters = nps(responses.nps)\n";
    let grid = show(plan, "responses", &data, &["promoters"]);
    // x = nps.dropna(); ((x >= 9).sum() - (x <= 6).sum()) / len(x) * 100: 150 and 24 of 227
    close(value(&grid, "all"), 55.506_607_929_515_42);
    let notes = grid["notes"].to_string();
    assert!(notes.contains("3 of 230 rows of responses are blank and left out"), "{notes}");
}

#[test]
fn virality_and_amplification_of_posts() {
    let Some(data) = shared("facebook_posts/posts.csv") else { return };
    let plan = "table posts from \"posts.csv\"\n\
        metric shares = sum(posts.share)\n\
        metric virality = shares / sum(posts.`Lifetime Post Total Impressions`) unit %\n\
        metric amplification = shares / count(posts)\n";
    let grid = show(plan, "posts", &data, &["virality"]);
    // p.share.sum() / p["Lifetime Post Total Impressions"].sum()
    close(value(&grid, "all"), 0.000_914_217_790_148_214_9);
    let notes = grid["notes"].to_string();
    assert!(notes.contains("4 of 500 rows of posts are blank and left out"), "{notes}");
    // p.share.sum() / len(p)
    close(value(&show(plan, "posts", &data, &["amplification"]), "all"), 27.048);
}

const ADS: &str = "table ads from \"ads.csv\"\n\
    metric ctr = sum(ads.Clicks) / sum(ads.Impressions) unit %\n\
    metric conversion_rate = sum(ads.Approved_Conversion) / sum(ads.Clicks) unit %\n\
    metric cost_per_conversion = sum(ads.Spent) / sum(ads.Approved_Conversion) unit USD\n";

#[test]
fn rates_and_costs_of_ads_by_campaign() {
    let Some(data) = shared("ads/ads.csv") else { return };
    // g = a.groupby("xyz_campaign_id").sum(); g.Clicks / g.Impressions, and likewise the others
    let truths = [
        (
            "ctr",
            [0.000_233_990_785_318_631_25, 0.000_244_088_872_463_195_06, 0.000_176_092_889_555_816_87],
            0.000_178_813_365_923_578_33,
        ),
        (
            "conversion_rate",
            [0.212_389_380_530_973_45, 0.092_237_903_225_806_45, 0.024_176_555_395_364_313],
            0.028_271_976_942_224_553,
        ),
        (
            "cost_per_conversion",
            [6.237_916_694_041_665, 15.810_765_021_497_266, 63.832_740_778_226_06],
            54.407_071_323_637_63,
        ),
    ];
    for (metric, campaigns, all) in truths {
        let grid = show(ADS, "ads", &data, &[metric, "--by", "xyz_campaign_id"]);
        for (key, truth) in ["916", "936", "1178"].into_iter().zip(campaigns) {
            close(value(&grid, key), truth);
        }
        close(value(&grid, "all"), all);
    }
}

#[test]
fn a_campaign_without_clicks_is_an_error_with_its_origin() {
    let Some(data) = shared("ads/ads.csv") else { return };
    let grid = show(ADS, "ads", &data, &["conversion_rate", "--by", "fb_campaign_id"]);
    // a.groupby("fb_campaign_id").Clicks.sum(): 103920 has none, and so have 147 others
    assert_eq!(value(&grid, "103920"), None);
    let none = grid["rows"].as_array().expect("rows").iter().filter(|r| r["values"][0].is_null()).count();
    assert_eq!(none, 148);
    let notes = grid["notes"].to_string();
    assert!(notes.contains("#DIV/0! in sum(ads.Approved_Conversion) / sum(ads.Clicks)"), "{notes}");
}
