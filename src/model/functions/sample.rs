//! The small tables that the reference's examples read, and the plan that declares them. Data only.

/// The tables and metrics that examples name.
pub const PLAN: &str = "\
table posts from \"posts.csv\" time day
table tickets from \"tickets.csv\" time asked
table survey from \"survey.csv\" time day
table visits from \"visits.csv\" time day
table memberships from \"memberships.csv\" time quarter every 1 quarter
table months from \"months.csv\" time month every 1 month
table buzz from \"buzz.csv\" time day
metric subs = last(memberships.paid)
metric spend = sum(months.spend) unit USD
metric signups = sum(months.signups)
metric mentions = sum(buzz.mentions)
";

/// The period over which examples are evaluated.
pub const PERIOD: &str = "Q1 2021";

/// The day as of which they are.
pub const AS_OF: &str = "2021-03-31";

/// Each table's name and its rows as CSV.
pub const TABLES: &[(&str, &str)] = &[
    (
        "posts",
        "day,network,likes,impressions,text,url\n\
         2021-01-01,x,10,1000,Big sale today #sale,https://example.org/a\n\
         2021-02-10,x,30,2000,We love @netflix!,http://example.org/b\n\
         2021-02-20,instagram,20,1500,Trim me,https://example.org/c\n\
         2021-03-31,instagram,60,5500,SALE2021 is here #Sale #spring,https://example.org/d\n",
    ),
    ("tickets", "asked,wait\n2021-01-01,10\n2021-01-20,20\n2021-02-02,30\n2021-02-15,50\n2021-03-31,100\n"),
    ("survey", "day,answer,rating\n2021-01-01,10,5\n2021-01-11,9,4\n2021-02-01,8,4\n2021-03-01,7,2\n2021-03-31,3,1\n"),
    (
        "visits",
        "day,user\n2020-01-01,ada\n2020-02-01,bob\n2020-03-01,cyd\n2020-03-31,dan\n\
         2021-01-15,ada\n2021-02-15,cyd\n2021-03-15,eve\n2021-03-31,ada\n",
    ),
    (
        "memberships",
        "quarter,region,paid\n2020-03-31,UCAN,60\n2020-03-31,EMEA,40\n2020-06-30,UCAN,62\n2020-06-30,EMEA,46\n\
         2020-09-30,UCAN,63\n2020-09-30,EMEA,50\n2020-12-31,UCAN,64\n2020-12-31,EMEA,56\n2021-03-31,UCAN,66\n\
         2021-03-31,EMEA,64\n",
    ),
    ("months", "month,spend,signups\n2021-01,100,20\n2021-02,200,30\n2021-03,400,70\n"),
    ("buzz", "day,brand,mentions\n2021-01-01,Netflix,30\n2021-02-10,Hulu,10\n2021-03-31,Disney,60\n"),
];
