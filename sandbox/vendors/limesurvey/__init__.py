"""LimeSurvey's RemoteControl 2, as https://www.limesurvey.org/manual/RemoteControl_2_API describes it."""
