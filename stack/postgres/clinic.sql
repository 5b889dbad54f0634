CREATE DATABASE clinic OWNER turnout;
